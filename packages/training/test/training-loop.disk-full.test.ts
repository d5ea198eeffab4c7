import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { checkpointsOf, observeRun, pointsOf, smallConfig, withFolder } from './observed-run.ts';

/** Linux's device that is always full stands where the file would be written. */
const full = '/dev/full';

test.skipIf(!existsSync(full))(
  'a run whose disk is full at a periodic checkpoint says so and ends as any other',
  async () => {
    const config = smallConfig('triplet');
    await withFolder(async (folder) => {
      const whole = await observeRun(config, `${folder}/whole`);
      await mkdir(`${folder}/full/work`, { recursive: true });
      await symlink(full, `${folder}/full/work/latest-4.safetensors`);
      const run = await observeRun(config, `${folder}/full`);
      expect(run.outcome).toEqual(whole.outcome);
      expect(pointsOf(run.events)).toEqual(pointsOf(whole.events));
      const warnings = run.events.filter((event) => event.type === 'log' && event.level === 'warn');
      expect(warnings).toMatchObject([{ message: expect.stringContaining('no checkpoint after 4 updates') }]);
      const stepsOf = (events: typeof run.events) =>
        checkpointsOf(events)
          .filter(({ kind }) => kind === 'latest')
          .map(({ step }) => step);
      expect(stepsOf(run.events)).toEqual(stepsOf(whole.events).filter((step) => step !== 4));
    });
  },
);

test.skipIf(!existsSync(full))('a run that cannot save its end fails, to be tried again', async () => {
  const config = smallConfig('triplet', { steps: 2 });
  await withFolder(async (folder) => {
    await mkdir(`${folder}/work`, { recursive: true });
    await symlink(full, `${folder}/work/final-3.safetensors`);
    await expect(observeRun(config, folder)).rejects.toMatchObject({
      name: 'TrainingError',
      code: 'ENOSPC',
      retryable: true,
    });
  });
});
