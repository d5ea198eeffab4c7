import { describe, expect, test } from 'vitest';
import { nextOfStudy, type PlannedRun, planStudy, requestOf, type StudyRun, type StudyState } from '../src/index.ts';

const question = {
  base: { dataset: 'shapes', loss: 'triplet' },
  arms: [
    { name: 'plain', set: { sec_wei: 0 } },
    { name: 'sec', space: { sec_wei: { low: 0.1, high: 1, scale: 'log' } } },
  ],
  tune: { space: { lr: { low: 1e-4, high: 1e-2, scale: 'log' } }, trials: 3, seeds: [100, 101] },
  budget: { pairs: 10 },
};

/** What a run ends with; null: it fails. */
type Outcome = (run: PlannedRun) => number | null;

/** Lets a study run to its end, `atOnce` pairs at a time; runs end in the order that `order` gives. */
function play(
  request: object,
  outcome: Outcome,
  atOnce = 1,
  order = (open: StudyRun[]) => open,
): { state: StudyState; runs: StudyRun[] } {
  const { plan } = planStudy(request);
  const runs: StudyRun[] = [];
  for (;;) {
    const { state, wanted } = nextOfStudy(plan, runs, atOnce);
    if (state.outcome !== null) return { state, runs };
    for (const run of wanted) {
      runs.push({ ...run, experiment_id: String(runs.length), status: 'queued', metrics: null, error: null });
    }
    const open = order(runs.filter(({ status }) => status === 'queued'));
    const ended = open[0];
    if (ended === undefined) throw new Error(`it waits for nothing: ${state.reason}`);
    const value = outcome(ended);
    const end =
      value === null
        ? { status: 'failed' as const, error: 'the loss is not finite' }
        : { status: 'succeeded' as const };
    const metrics = value === null ? null : { recall_at_1: value, norm_cv: value / 2 };
    runs[runs.indexOf(ended)] = { ...ended, ...end, metrics };
  }
}

/** The arm is better by `gain`; pairs differ by chance of their own. */
const gains =
  (gain: number): Outcome =>
  ({ phase, arm, trial, seed }) =>
    phase === 'tune' ? 0.3 + 0.1 * trial : 0.5 + 0.01 * (seed % 3) + (arm === 'sec' ? gain + 0.002 * (seed % 2) : 0);

describe('a study', () => {
  test('tunes each arm with the same number of trials and the same learning rates, and compares the best of each', () => {
    const { plan } = planStudy(question);
    const [plain, sec] = plan.arms;
    expect(plain?.trials.map(({ lr }) => lr)).toEqual(sec?.trials.map(({ lr }) => lr));
    expect(sec?.trials.every(({ sec_wei: weight }) => Number(weight) >= 0.1 && Number(weight) <= 1)).toBe(true);
    const { state, runs } = play(question, gains(0.05));
    expect(state.tuning).toMatchObject([
      { arm: 'plain', chosen: 2 },
      { arm: 'sec', chosen: 2 },
    ]);
    expect(state.tuning[0]?.trials[1]).toMatchObject({ mean: 0.4, n: 2, failed: 0 });
    const pairs = runs.filter(({ phase }) => phase === 'compare');
    expect(new Set(pairs.map(({ trial }) => trial))).toEqual(new Set([2]));
    expect(requestOf(plan, pairs[0] as StudyRun)).toMatchObject({ protocol: 'paper', lr: plain?.trials[2]?.lr });
    expect(requestOf(plan, runs[0] as StudyRun)).toMatchObject({ protocol: 'validation', seed: 100 });
  });

  test('ends as soon as it is decided, with what it used and what it saved', () => {
    const { state } = play(question, gains(0.05));
    expect(state).toMatchObject({ outcome: 'decided', comparisons: [{ verdict: 'helps', baseline: 'plain' }] });
    const used = state.comparisons[0]?.pairs.length ?? 0;
    expect(used).toBeGreaterThanOrEqual(6); // two sides at 5 %
    expect(used).toBeLessThan(10);
    expect(state.runs).toEqual({ tune: 12, compare: 2 * used, saved: 2 * (10 - used) });
    expect(state.comparisons[0]?.effect?.low).toBeGreaterThan(0);
  });

  test('says that an arm does not help where it is worse, or where no gain that counts is left', () => {
    const worse = play(question, gains(-0.05)).state.comparisons[0];
    expect(worse?.verdict).toBe('does not help');
    expect(worse?.reason).toMatch(/sec is worse than plain/);
    const same = play({ ...question, min_effect: 0.05, budget: { pairs: 40 } }, gains(-0.001)).state.comparisons[0];
    expect(same?.verdict).toBe('does not help');
  });

  test('stays undecided where the budget ends first, and says what is still possible', () => {
    const { state } = play({ ...question, budget: { pairs: 4 } }, gains(0.05));
    expect(state.outcome).toBe('undecided');
    expect(state.reason).toMatch(/budget of 4 pairs is spent/);
    expect(state.runs.saved).toBe(0);
  });

  test('concludes the same whatever the order in which runs end, and however many pairs are open', () => {
    const inOrder = play(question, gains(0.05)).state;
    const reversed = play(question, gains(0.05), 4, (open) => open.toReversed()).state;
    expect(reversed.comparisons).toEqual(inOrder.comparisons);
    expect(reversed.tuning).toEqual(inOrder.tuning);
  });

  test('leaves out a pair of which a run failed and says why; a trial that failed is not chosen', () => {
    const failing: Outcome = (run) => {
      if (run.phase === 'compare' && run.arm === 'sec' && run.seed === 1) return null;
      return run.phase === 'tune' && run.trial === 2 ? null : gains(0.05)(run);
    };
    const { state } = play(question, failing);
    expect(state.tuning[0]).toMatchObject({ chosen: 1, trials: [{}, {}, { mean: null, failed: 2 }] });
    expect(state.comparisons[0]?.left_out).toEqual([{ seed: 1, reason: 'sec: the loss is not finite' }]);
    expect(state.comparisons[0]?.pairs.map(({ seed }) => seed)).not.toContain(1);
    expect(state.comparisons[0]?.verdict).toBe('helps');
    const broken = play({ ...question, tune: null, arms: [{ name: 'a' }, { name: 'b' }] }, () => null);
    expect(broken.state).toMatchObject({ outcome: 'failed', runs: { compare: 6 } });
    expect(broken.state.reason).toMatch(/3 pairs failed, such as seed 0, [ab]: the loss is not finite/);
    const none = play(question, ({ arm }) => (arm === 'sec' ? null : 0.5)).state;
    expect(none).toMatchObject({ outcome: 'failed', reason: 'no setting of sec ended with a recall_at_1' });
  });

  test('asks again for a run that was deleted, and for no run twice', () => {
    const { plan } = planStudy(question);
    const started = nextOfStudy(plan, []).wanted.map((run) => ({
      ...run,
      experiment_id: 'x',
      status: 'queued' as const,
      metrics: null,
      error: null,
    }));
    expect(started).toHaveLength(12);
    expect(nextOfStudy(plan, started).wanted).toEqual([]);
    expect(nextOfStudy(plan, started.slice(1)).wanted).toMatchObject([{ arm: 'plain', trial: 0, seed: 100 }]);
  });

  test('shares the risk among several questions, and goes on only with those that are open', () => {
    const three = {
      ...question,
      arms: [...question.arms, { name: 'l2reg', set: { l2reg_wei: 0.01 } }],
      budget: { pairs: 12 },
    };
    const outcome: Outcome = (run) => (run.arm === 'l2reg' && run.phase === 'compare' ? 0.5 : gains(0.05)(run));
    const { state, runs } = play(three, outcome);
    expect(state.alpha_each).toBe(0.025);
    const seedsOf = (arm: string) => runs.filter((run) => run.phase === 'compare' && run.arm === arm).length;
    expect(state.comparisons.map(({ verdict }) => verdict)).toContain('helps');
    expect(seedsOf('sec')).toBeLessThan(seedsOf('plain'));
  });
});

describe('a question is refused that', () => {
  const arms = question.arms;
  test.each([
    ['has one arm', { ...question, arms: arms.slice(0, 1) }, /arms/],
    ['names two arms alike', { ...question, arms: [arms[0], arms[0]] }, /arms\.1\.name/],
    ['chooses seeds itself', { ...question, base: { ...question.base, seed: 3 } }, /base\.seed.*chosen by the study/],
    ['tunes what is fixed', { ...question, base: { ...question.base, lr: 0.1 } }, /base\.lr.*also tuned/],
    [
      'has a range that is none',
      { ...question, tune: { ...question.tune, space: { lr: { low: 1, high: 0.1 } } } },
      /tune\.space\.lr\.high/,
    ],
    [
      'leaves the bounds of a field',
      { ...question, tune: { ...question.tune, space: { lr: { low: -1, high: 1 } } } },
      /tune\.space\.lr/,
    ],
    ['searches a field that is none', { ...question, tune: { ...question.tune, space: { rate: [1] } } }, /rate/],
    ['tunes an arm without trials', { ...question, tune: null }, /arms\.1\.space/],
    ['decides by a loss', { ...question, metric: 'train_loss' }, /metric/],
    ['judges by what it was tuned on', { ...question, protocol: 'validation', first_seed: 95 }, /tune\.seeds/],
  ])('%s', (_, request, message) => {
    expect(() => planStudy(request)).toThrow(message);
  });
});
