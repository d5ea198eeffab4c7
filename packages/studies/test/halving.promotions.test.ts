import { describe, expect, test } from 'vitest';
import { type HalvingPlan, type HalvingRun, nextOfHalving } from '../src/index.ts';

/** 9 settings with two seeds each: 9, 3 and 1 of them at 10, 30 and 90 steps. */
const plan: HalvingPlan = {
  rungs: [10, 30, 90],
  factor: 3,
  metric: 'recall_at_1',
  configs: Array.from({ length: 9 }, (_, config) => [2 * config, 2 * config + 1]),
};

/** Lets it run to its end; `pick` says which of the open runs ends next, and a score of null is a failure. */
function play(score: (config: number, rung: number) => number | null, pick: (open: number) => number) {
  const runs: HalvingRun[] = [];
  for (;;) {
    const step = nextOfHalving(plan, runs);
    if (step.is_done) return { step, runs };
    runs.push(...step.wanted.map((run) => ({ ...run, status: 'queued' as const, metrics: null })));
    const open = runs.filter(({ status }) => status === 'queued');
    const run = open[pick(open.length)];
    if (run === undefined) throw new Error('it waits for nothing');
    const value = score(Math.floor(run.place / 2), run.rung);
    // Seeds differ; their mean is the score.
    const metrics = value === null ? null : { recall_at_1: value + (run.place % 2 === 0 ? 0.01 : -0.01) };
    runs[runs.indexOf(run)] = { ...run, status: value === null ? 'failed' : 'succeeded', metrics };
  }
}

const first = () => 0;
const last = (open: number) => open - 1;
const byConfig = (config: number) => 0.1 + ((config * 7) % 9) / 20;

describe('successive halving', () => {
  test('sends the best of each rung on, and says of each why', () => {
    const { step, runs } = play(byConfig, first);
    expect(step.rungs.map(({ size, configs }) => [size, configs.length])).toEqual([
      [9, 9],
      [3, 3],
      [1, 1],
    ]);
    expect(step.rungs[1]?.configs.map(({ config }) => config)).toEqual([1, 5, 6]);
    expect(step.rungs[2]?.configs).toMatchObject([{ config: 5, state: 'finished', n: 2 }]);
    expect(step.rungs[0]?.configs[0]).toMatchObject({
      state: 'stopped',
      reason: expect.stringMatching(/^recall_at_1 10.0 % at 10 steps: \d of 9 are ahead, 3 go on$/),
    });
    expect(runs).toHaveLength(2 * (9 + 3 + 1));
  });

  test('sends the same on whatever the order in which runs end', () => {
    const orders = [first, last, (open: number) => Math.floor(open / 2), (open: number) => 7919 % open];
    const ends = orders.map((order) => play(byConfig, order).step.rungs);
    for (const end of ends) expect(end).toEqual(ends[0]);
  });

  test('sends one on before its rung has ended once nobody can overtake it', () => {
    const runs = nextOfHalving(plan, []).wanted.map(({ rung, place }) => {
      const isEnded = place < 14; // seven settings of nine
      const metrics = isEnded ? { recall_at_1: Math.floor(place / 2) === 3 ? 0.9 : 0.5 } : null;
      return { rung, place, status: isEnded ? ('succeeded' as const) : ('running' as const), metrics };
    });
    // Two are open: whatever they reach, the setting at 0.9 is among three. Of the equal ones nobody is sure yet.
    expect(nextOfHalving(plan, runs).wanted).toEqual([
      { rung: 1, place: 6 },
      { rung: 1, place: 7 },
    ]);
  });

  test('lets a setting that fails lose to all others, and ends where none is left', () => {
    const { step } = play((config) => (config === 5 ? null : byConfig(config)), first);
    expect(step.rungs[0]?.configs[5]).toMatchObject({ state: 'stopped', mean: null, failed: 2 });
    expect(step.rungs[2]?.configs[0]?.config).toBe(1);
    expect(play(() => null, last).step).toMatchObject({ is_done: true, rungs: [{}, { configs: [] }, { configs: [] }] });
  });

  test('of equals sends on those that come first', () => {
    const { step } = play(() => 0.5, last);
    expect(step.rungs[1]?.configs.map(({ config }) => config)).toEqual([0, 1, 2]);
  });
});
