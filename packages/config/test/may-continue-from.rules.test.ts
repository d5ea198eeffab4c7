import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkpointFacts } from '../../../test/experiment-fixture.ts';
import { continuationRules, mayAdopt, mayResume, pastMisfit, resolveExperiment, updateSequence } from '../src/index.ts';
import type { CheckpointFacts, RunFacts } from '../src/run-facts.ts';

const { config } = resolveExperiment({ dataset: 'shapes', loss: 'triplet', steps: 30 }, null);
const facts = checkpointFacts(config);
const now: RunFacts = { ...facts, sequence: updateSequence(config), total_updates: 31 };
const offer = { facts, updates: 20, isEnd: false, measuredMore: false };
const inEnvironment = (over: Record<string, string | number | boolean>): Partial<CheckpointFacts> => ({
  environment: { ...facts.environment, ...over },
});

describe('the table of what may be continued', () => {
  it('lets a run go on where nothing differs', () => {
    expect(mayResume(facts, now)).toEqual({ verdict: 'yes', notes: [] });
    expect(mayAdopt(offer, now)).toEqual({ verdict: 'yes', notes: [] });
  });

  it.each<[string, Partial<CheckpointFacts>, string, string]>([
    // Of another run the sequence of updates tells, below.
    ['config', { config_sha256: 'another' }, 'no', 'yes'],
    ['data', { data_sha256: 'another' }, 'restorable', 'no'],
    ['weights', { weights_sha256: 'another' }, 'restorable', 'no'],
    ['numerics', { numerics: 'another' }, 'yes', 'no'],
    ['numerics outside the recorded step', { host_numerics: 'another' }, 'no', 'no'],
    ['state layout', { layout_sha256: 'another' }, 'no', 'no'],
    ['tensorflow', inEnvironment({ tensorflow: '2.22' }), 'no', 'no'],
    ['onednn', inEnvironment({ onednn: false }), 'no', 'no'],
    ['libvips', inEnvironment({ libvips: '9' }), 'no', 'no'],
    ['device', inEnvironment({ device: 'gpu:1' }), 'no', 'no'],
    ['gpu', inEnvironment({ gpu: 'NVIDIA H200' }), 'noted', 'no'],
    ['cpu', inEnvironment({ cpu: 'another' }), 'noted', 'no'],
    ['intra_op_threads', inEnvironment({ intra_op_threads: 2 }), 'noted', 'no'],
    ['inter_op_threads', inEnvironment({ inter_op_threads: 2 }), 'noted', 'no'],
    ['platform', inEnvironment({ platform: 'another' }), 'noted', 'no'],
    ['node', inEnvironment({ node: 'v22' }), 'noted', 'no'],
  ])('judges another %s', (fact, over, resume, adopt) => {
    const judged = (how: 'resume' | 'adopt') => {
      const differing = { ...now, ...over } as RunFacts;
      const judgement = how === 'resume' ? mayResume(facts, differing) : mayAdopt(offer, differing);
      if (judgement.verdict !== 'yes') {
        expect(judgement.differences).toEqual([expect.stringMatching(new RegExp(`^${fact}: `))]);
        return judgement.verdict;
      }
      return judgement.notes.length > 0 ? 'noted' : 'yes';
    };
    expect([judged('resume'), judged('adopt')]).toEqual([resume, adopt]);
  });

  it('names every fact in the table of docs/run-states.md', () => {
    const documented = readFileSync(new URL('../../../docs/run-states.md', import.meta.url), 'utf8');
    for (const { fact, resume, adopt } of continuationRules) {
      expect(documented).toMatch(new RegExp(`\\| ${fact} +\\| ${resume} +\\| ${adopt} +\\|`));
    }
  });

  it('takes one GPU for another, and no GPU for a processor', () => {
    const on = (device: string) => ({ ...now, graph_sha256: 'graph', ...inEnvironment({ device }) }) as const;
    expect(mayAdopt({ ...offer, facts: on('gpu:0') }, on('gpu:3')).verdict).toBe('yes');
    expect(mayResume(on('gpu:0'), on('cpu')).verdict).toBe('no');
  });

  it('says no to what must differ rather than asking for the data back', () => {
    const judgement = mayResume(facts, { ...now, data_sha256: 'x', host_numerics: 'x' });
    expect(judgement).toMatchObject({ verdict: 'no', differences: [expect.stringContaining('numerics')] });
  });

  it('never continues what recorded no facts', () => {
    expect(mayResume(null, now).verdict).toBe('no');
    expect(mayAdopt({ ...offer, facts: null }, now).verdict).toBe('no');
    const { sequence: _, ...before } = facts;
    expect(mayResume(before, now).verdict).toBe('yes');
    expect(mayAdopt({ ...offer, facts: before }, now)).toMatchObject({
      verdict: 'no',
      differences: [expect.stringContaining('no sequence')],
    });
  });
});

describe('the past of another run', () => {
  const run = (over: object, total = 101): RunFacts => {
    const { config } = resolveExperiment(
      { dataset: 'shapes', loss: 'triplet', steps: 100, eval_every: 10, milestones: [50], lr_gamma: 0.1, ...over },
      null,
    );
    return { ...now, sequence: updateSequence(config), total_updates: total };
  };
  const past = (over: object) => ({ ...offer, facts: { ...facts, sequence: run({}).sequence }, ...over });
  const end = { isEnd: true, updates: 21 };

  it('is this one’s own up to where the configs part, before the evaluation that is due there', () => {
    expect(pastMisfit(past({ updates: 101 }), run({}))).toBeNull();
    expect(pastMisfit(past({ updates: 50 }), run({ lr_gamma: 0.5 }))).toBeNull();
    expect(pastMisfit(past({ updates: 26 }), run({}))).toBeNull();
  });

  it('goes to the end of a run where this one evaluates there too', () => {
    expect(pastMisfit(past(end), run({}))).toBeNull();
    expect(pastMisfit(past({ ...end, updates: 101, measuredMore: true }), run({}))).toBeNull();
  });

  it.each([
    [{ updates: 102 }, {}, /has 102 updates, and this run makes 101/],
    [{ updates: 51 }, { lr_gamma: 0.5 }, /config: the same for 50 updates, and it has 51/],
    [{ updates: 51 }, { seed: 8 }, /config: the same for 0 updates/],
    [{ ...end, updates: 26 }, {}, /at step 25, is none of this run/],
    [{ ...end, updates: 1 }, {}, /at step 0, is none of this run/],
    [{ ...end, measuredMore: true }, {}, /measured more/],
  ])('says what does not fit: %o for %o', (over, config, reason) => {
    expect(pastMisfit(past(over), run(config))).toMatch(reason);
  });
});
