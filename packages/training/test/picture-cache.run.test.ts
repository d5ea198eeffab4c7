import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makePhotoSet } from '../../datasets/test/photo-set.ts';
import { observeRun, smallConfig, withFolder } from './observed-run.ts';

const settings = { dataset: 'photos', protocol: 'paper', batch_size: 6, steps: 2, eval_every: 2, checkpoint_every: 2 };

test('a run on photographs fills the picture cache, uses it, and ends with the weights that it has without one', async () => {
  await withFolder(async (folder) => {
    const photos = await makePhotoSet(folder, 4);
    const config = smallConfig('triplet', settings);
    const weights = async (cacheBytes?: number): Promise<string> => {
      const { outcome } = await observeRun(config, folder, { cacheFolder: path.join(folder, 'cache'), cacheBytes });
      if (outcome.outcome !== 'finished') throw new Error(`the run ${outcome.outcome}`);
      return outcome.result.weights_sha256;
    };
    const plain = await weights(0);
    const pictures = path.join(folder, 'cache', 'pictures');
    expect(existsSync(pictures)).toBe(false);
    expect(await weights()).toBe(plain);
    const kept = readdirSync(pictures, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(kept).toHaveLength(photos.length);
    expect(await weights()).toBe(plain);
  });
});
