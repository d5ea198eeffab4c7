import { readdir, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TrainingEvent } from '../src/training-events.ts';
import { type ObservedRun, observeRun, pointsOf, smallConfig, withFolder } from './observed-run.ts';

const config = smallConfig('triplet', { steps: 2 });

const kept = async (folder: string): Promise<string[]> =>
  (await readdir(path.join(folder, 'evaluations'))).map((name) => path.join(folder, 'evaluations', name)).sort();

/** All that is told of the untrained network: scores, and what is shown. */
function untrainedOf({ events, outcome }: ObservedRun) {
  if (outcome.outcome !== 'finished') throw new Error('the run did not finish');
  const scores = [...pointsOf(events)].filter(([key]) => /^(train_)?(recall|nmi|f1|map|norm_cv).*@0$/.test(key));
  const [view] = events.filter((event: TrainingEvent) => event.type === 'evaluation-view');
  return { scores, view, baselines: outcome.result.baselines };
}

describe('the evaluation of an untrained network', () => {
  test('is made once for all losses and weights, and is that of a lone run, pictures and all', async () => {
    await withFolder(async (folder) => {
      await observeRun(config, folder);
      const made = await kept(folder);
      expect(made).toHaveLength(2); // the network's, and the colour histogram's
      const other = smallConfig('ms', { steps: 2, sec_wei: 0, lr: 5e-3 });
      const batches = { batch_size: config.batch_size, instances: config.instances };
      const shared = await observeRun({ ...other, ...batches }, folder);
      expect(await kept(folder)).toEqual(made);
      await withFolder(async (fresh) => {
        const lone = await observeRun({ ...other, ...batches }, fresh);
        expect(untrainedOf(shared)).toEqual(untrainedOf(lone));
        expect(untrainedOf(shared).scores.length).toBeGreaterThan(5);
        const views = (run: ObservedRun) => run.events.filter((event) => event.type === 'evaluation-view');
        expect(views(shared)).toEqual(views(lone));
        expect(shared.outcome).toEqual(lone.outcome);
      });
    });
  });

  test('is another for other weights, sizes and pictures, the colour histogram for other pictures only', async () => {
    await withFolder(async (folder) => {
      await observeRun(config, folder);
      await observeRun({ ...config, seed: 6 }, folder);
      expect(await kept(folder)).toHaveLength(3);
      await observeRun({ ...config, embedding_dim: 8 }, folder);
      expect(await kept(folder)).toHaveLength(4);
      await observeRun({ ...config, image_size: 32 }, folder);
      expect(await kept(folder)).toHaveLength(6);
      await observeRun({ ...config, protocol: 'paper' }, folder);
      expect(await kept(folder)).toHaveLength(8);
    });
  });

  test('is made again where what is kept is damaged, and two runs at once make it once', async () => {
    await withFolder(async (folder) => {
      const first = untrainedOf(await observeRun(config, folder));
      const [one = '', other = ''] = await kept(folder);
      await truncate(one, 100);
      await writeFile(other, 'something else');
      expect(untrainedOf(await observeRun(config, folder))).toEqual(first);
      await rm(path.join(folder, 'evaluations'), { recursive: true });
      const both = await Promise.all(
        ['a', 'b'].map((name) => observeRun(config, folder, { workFolder: path.join(folder, name) })),
      );
      for (const run of both) expect(untrainedOf(run)).toEqual(first);
      expect(await kept(folder)).toHaveLength(2);
    });
  });

  test('is not kept where it was stopped, nor where the cache cannot be written', async () => {
    await withFolder(async (folder) => {
      let looks = 0;
      const stop = () => {
        looks += 1;
        return looks > 2 ? ('cancel' as const) : null;
      };
      const { outcome } = await observeRun(config, folder, { stop });
      expect(outcome).toEqual({ outcome: 'stopped', reason: 'cancel' });
      expect(await kept(folder)).toEqual([]);
      await rm(path.join(folder, 'evaluations'), { recursive: true });
      await writeFile(path.join(folder, 'evaluations'), 'a file where the folder belongs');
      expect((await observeRun(config, folder)).outcome.outcome).toBe('finished');
    });
  });
});
