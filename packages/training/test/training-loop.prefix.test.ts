import { type LossName, paperLossNames } from '@spherelab/catalogue';
import { expect, test } from 'vitest';
import { checkpointsOf, observeRun, pointsOf, smallConfig, withFolder } from './observed-run.ts';

test.each(paperLossNames)(
  'a run with %s that goes on from a shorter one equals one from the beginning',
  async (loss: LossName) => {
    // Step 6, the last of the shorter run, is one that the longer run evaluates too.
    const [short, long] = [smallConfig(loss, { steps: 6 }), smallConfig(loss, { steps: 10 })];
    await withFolder(async (folder) => {
      const whole = await observeRun(long, `${folder}/whole`);
      const shorter = await observeRun(short, `${folder}/parts`);
      const final = checkpointsOf(shorter.events).find(({ kind }) => kind === 'final');
      const resumeFrom = final?.file as string;
      const resumed = await observeRun(long, `${folder}/parts`, { resumeFrom });
      expect(resumed.events.find(({ type }) => type === 'started')).toMatchObject({ resumedFromStep: 7 });
      expect(resumed.outcome).toEqual(whole.outcome);
      expect(pointsOf([...shorter.events, ...resumed.events])).toEqual(pointsOf(whole.events));
      const other = smallConfig(loss, { steps: 10, seed: 6 });
      await expect(observeRun(other, folder, { resumeFrom })).rejects.toMatchObject({ code: 'checkpoint_mismatch' });
    });
  },
);
