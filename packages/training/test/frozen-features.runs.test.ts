import { readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { observeRun, pointsOf, smallConfig, withFolder } from './observed-run.ts';

const config = smallConfig('triplet', { freeze_stages: 4, steps: 2 });

async function featureFolders(folder: string): Promise<string[]> {
  return (await readdir(path.join(folder, 'features'))).map((name) => path.join(folder, 'features', name)).sort();
}

function weightsOf({ outcome }: Awaited<ReturnType<typeof observeRun>>): string {
  if (outcome.outcome !== 'finished') throw new Error('the run did not finish');
  return outcome.result.weights_sha256;
}

describe('frozen stages', () => {
  test('before training the scores are those of a run that freezes nothing', async () => {
    await withFolder(async (folder) => {
      const frozen = pointsOf((await observeRun(config, folder)).events);
      const whole = pointsOf((await observeRun({ ...config, freeze_stages: 0 }, folder)).events);
      for (const name of ['recall_at_1', 'recall_at_8', 'nmi', 'norm_cv', 'train_recall_at_1']) {
        expect(frozen.get(`${name}@0`)).toBeCloseTo(whole.get(`${name}@0`) as number, 5);
      }
    });
  });

  test('are computed once for each list, whatever the loss, its weights, the batch and the size of the embedding', async () => {
    await withFolder(async (folder) => {
      await observeRun(config, folder);
      const made = await featureFolders(folder);
      expect(made).toHaveLength(2); // training and test images
      const times = await Promise.all(made.map(async (one) => (await stat(path.join(one, 'rows.f32'))).mtimeMs));
      const others = [
        smallConfig('ms', { freeze_stages: 4, steps: 2, sec_wei: 0, embedding_dim: 8 }),
        smallConfig('n-npair', { freeze_stages: 4, steps: 2, batch_size: 8 }),
      ];
      for (const other of others) await observeRun(other, folder);
      expect(await featureFolders(folder)).toEqual(made);
      expect(await Promise.all(made.map(async (one) => (await stat(path.join(one, 'rows.f32'))).mtimeMs))).toEqual(
        times,
      );
    });
  });

  test('other weights and another number of stages have features of their own', async () => {
    await withFolder(async (folder) => {
      await observeRun(config, folder);
      await observeRun({ ...config, seed: 6 }, folder);
      await observeRun({ ...config, freeze_stages: 3 }, folder);
      expect(await featureFolders(folder)).toHaveLength(6);
    });
  });

  test('a run ends with the same bits whether the features were there, are gone or are damaged', async () => {
    await withFolder(async (folder) => {
      const first = weightsOf(await observeRun(config, folder));
      expect(weightsOf(await observeRun(config, folder))).toBe(first);
      const [one = '', other = ''] = await featureFolders(folder);
      await truncate(path.join(one, 'rows.f32'), 100);
      await writeFile(path.join(other, 'facts.json'), '{');
      expect(weightsOf(await observeRun(config, folder))).toBe(first);
      await rm(path.join(folder, 'features'), { recursive: true });
      expect(weightsOf(await observeRun(config, folder))).toBe(first);
    });
  });

  test('a run that is asked to stop while they are computed stops, and leaves nothing half-done', async () => {
    await withFolder(async (folder) => {
      let batches = 0;
      const stop = (): 'cancel' | null => {
        batches += 1;
        return batches > 2 ? 'cancel' : null;
      };
      const { outcome } = await observeRun(config, folder, { stop });
      expect(outcome).toEqual({ outcome: 'stopped', reason: 'cancel' });
      expect(await featureFolders(folder)).toEqual([]);
    });
  });

  test('two runs that begin together share the work and have the bits of one', async () => {
    await withFolder(async (folder) => {
      const alone = weightsOf(await observeRun(config, `${folder}/alone`));
      const together = [config, { ...config, name: 'other' }].map((one, at) =>
        observeRun(one, folder, { workFolder: `${folder}/work-${at}` }),
      );
      for (const run of await Promise.all(together)) expect(weightsOf(run)).toBe(alone);
      expect(await featureFolders(folder)).toHaveLength(2);
    });
  });

  test('what a process that died was making is made', async () => {
    await withFolder(async (folder) => {
      await observeRun(config, folder);
      const [one = ''] = await featureFolders(folder);
      await rm(one, { recursive: true });
      await writeFile(`${one}.lock`, '');
      const old = new Date(Date.now() - 120_000);
      await utimes(`${one}.lock`, old, old);
      await observeRun(config, folder);
      expect(await featureFolders(folder)).toContain(one);
    });
  });

  test('the log says that there is no augmentation', async () => {
    await withFolder(async (folder) => {
      const { events } = await observeRun(config, folder);
      const said = events.flatMap((event) => (event.type === 'log' ? [event.message] : [])).join('\n');
      expect(said).toContain('the first 4 stages are frozen');
      expect(said).toContain('without augmentation');
    });
  });
});
