import { describe, expect, test } from 'vitest';
import { chaosReport } from './chaos/chaos-report.mjs';
import { runChaos } from './chaos/run-chaos.mjs';
import { testStores } from './queue-stores.ts';

/** The whole of `npm run chaos` in small; docs/reliability.md has the table of a long run. */
describe.each(testStores.filter((store) => store.available))('a system with the queue on $name', ({ name }) => {
  test('whose parts are killed at random moments computes what an undisturbed one computes', async () => {
    const summary = await runChaos({
      store: name,
      seconds: 20,
      seed: name === 'redis' ? 3 : 4,
      configs: 2,
      steps: 24,
      everyMs: [1_000, 3_000],
    });
    console.log(chaosReport([summary]));
    expect(summary).toMatchObject({
      lost: 0,
      doubled: 0,
      changed: 0,
      weights: 0,
      unfinished: [],
      startedOver: 0,
      notRecovered: 0,
      crashes: [],
    });
    expect(summary.kills).toBeGreaterThan(0);
    expect(summary.upgrades).toBeGreaterThan(0);
    expect(summary.runs).toBeGreaterThan(3);
    // Something was interrupted at all, or nothing was tested.
    expect(summary.attempts).toBeGreaterThan(summary.runs);
  }, 300_000);
});
