import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkpointFacts } from '../../../test/experiment-fixture.ts';
import { continuationRules, mayContinueFrom, prefixMisfit, resolveExperiment } from '../src/index.ts';
import type { CheckpointFacts } from '../src/run-facts.ts';

const { config } = resolveExperiment({ dataset: 'shapes', loss: 'triplet', steps: 30 }, null);
const facts = checkpointFacts(config);
const inEnvironment = (over: Record<string, string | number | boolean>): Partial<CheckpointFacts> => ({
  environment: { ...facts.environment, ...over },
});

describe('mayContinueFrom', () => {
  it('lets a run go on where nothing differs', () => {
    for (const how of ['resume', 'adopt'] as const) {
      expect(mayContinueFrom(facts, facts, how)).toEqual({ verdict: 'yes', notes: [] });
    }
  });

  it.each<[string, Partial<CheckpointFacts>, string, string]>([
    ['config', { config_sha256: 'another' }, 'no', 'no'],
    ['data', { data_sha256: 'another' }, 'restorable', 'no'],
    ['weights', { weights_sha256: 'another' }, 'restorable', 'no'],
    ['numerics', { numerics: 'another' }, 'yes', 'no'],
    ['numerics outside the recorded step', { host_numerics: 'another' }, 'no', 'no'],
    ['state layout', { layout_sha256: 'another' }, 'no', 'no'],
    ['tensorflow', inEnvironment({ tensorflow: '2.22' }), 'no', 'no'],
    ['onednn', inEnvironment({ onednn: false }), 'no', 'no'],
    ['libvips', inEnvironment({ libvips: '9' }), 'no', 'no'],
    ['device', inEnvironment({ device: 'gpu:1' }), 'no', 'no'],
    ['cpu', inEnvironment({ cpu: 'another' }), 'noted', 'no'],
    ['intra_op_threads', inEnvironment({ intra_op_threads: 2 }), 'noted', 'no'],
    ['inter_op_threads', inEnvironment({ inter_op_threads: 2 }), 'noted', 'no'],
    ['platform', inEnvironment({ platform: 'another' }), 'noted', 'no'],
    ['node', inEnvironment({ node: 'v22' }), 'noted', 'no'],
  ])('judges another %s', (fact, over, resume, adopt) => {
    const judged = (how: 'resume' | 'adopt') => {
      const judgement = mayContinueFrom(facts, { ...facts, ...over }, how);
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
    const on = (device: string) => ({ ...facts, ...inEnvironment({ device }) });
    expect(mayContinueFrom(on('gpu:0'), on('gpu:3'), 'adopt').verdict).toBe('yes');
    expect(mayContinueFrom(on('gpu:0'), on('cpu'), 'resume').verdict).toBe('no');
  });

  it('says no to what must differ rather than asking for the data back', () => {
    const judgement = mayContinueFrom(facts, { ...facts, data_sha256: 'x', host_numerics: 'x' }, 'resume');
    expect(judgement).toMatchObject({ verdict: 'no', differences: [expect.stringContaining('numerics')] });
  });

  it('never continues what recorded no facts, nor adopts a longer run', () => {
    expect(mayContinueFrom(null, facts, 'resume').verdict).toBe('no');
    expect(mayContinueFrom({ ...facts, steps: 31 }, facts, 'adopt')).toEqual({
      verdict: 'no',
      differences: ['it is longer'],
    });
    expect(mayContinueFrom({ ...facts, steps: 30 }, facts, 'adopt').verdict).toBe('yes');
  });
});

describe('prefixMisfit', () => {
  const longer = { steps: 100, eval_every: 10 };
  const end = { steps: 20, updates: 21, measuredMoreAtTheEnd: false };

  it('is nothing where the longer run evaluates what the shorter one ended with', () => {
    expect(prefixMisfit(end, longer)).toBeNull();
    expect(prefixMisfit({ ...end, steps: 100, updates: 101, measuredMoreAtTheEnd: true }, longer)).toBeNull();
  });

  it.each([
    [{ updates: 26 }, /at step 25, is none of this run/],
    [{ updates: 1 }, /at step 0, is none of this run/],
    [{ measuredMoreAtTheEnd: true }, /measured more/],
  ])('says what does not fit: %o', (over, reason) => {
    expect(prefixMisfit({ ...end, ...over }, longer)).toMatch(reason);
  });
});
