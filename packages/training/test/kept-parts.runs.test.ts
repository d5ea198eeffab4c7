import { execFile } from 'node:child_process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ExperimentConfig, RunFacts } from '@spherelab/config';
import { tf } from '@spherelab/tensorflow';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type KeptParts, keptParts } from '../src/kept-parts.ts';
import { type ObservedRun, observeRun, pointsOf, smallConfig, withFolder } from './observed-run.ts';

const run = promisify(execFile);

/** Trains as a lone process does, with nothing kept before it. @returns SHA-256 of the weights, and all points */
async function alone(
  config: ExperimentConfig,
  folder: string,
): Promise<{ weights: string; points: [string, number][] }> {
  const script = `
    const { trainExperiment } = await import('@spherelab/training');
    const { readNumerics } = await import('@spherelab/numerics');
    const folder = ${JSON.stringify(folder)};
    const points = [];
    const { result } = await trainExperiment({
      config: ${JSON.stringify(config)},
      numerics: readNumerics(),
      dataRoot: folder,
      cacheFolder: folder + '/cache-of-one',
      workFolder: folder + '/work-of-one',
      chooseStart: async () => ({ type: 'begin', resumeFrom: null, graphFolder: null }),
      stop: () => null,
      nowMs: () => 0,
      emit: (event) => {
        if (event.type === 'metrics') for (const { name, step, value } of event.points) points.push([name + '@' + step, value]);
      },
    });
    process.stdout.write(JSON.stringify({ weights: result.weights_sha256, points }));
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    maxBuffer: 2 ** 24,
  });
  return JSON.parse(stdout);
}

function weightsOf({ outcome }: ObservedRun): string {
  if (outcome.outcome !== 'finished') throw new Error('the run did not finish');
  return outcome.result.weights_sha256;
}

async function withKept(use: (kept: KeptParts, folder: string) => Promise<void>): Promise<void> {
  const kept = keptParts();
  try {
    await withFolder((folder) => use(kept, folder));
  } finally {
    await kept.close();
  }
}

describe('runs one after the other in a process', () => {
  const config = smallConfig('semihtriplet');

  test('end with the bits of a process of their own, whatever ran before', async () => {
    await withKept(async (kept, folder) => {
      const inOne = (one: ExperimentConfig, more = {}) => observeRun(one, folder, { kept, ...more });
      await inOne(config);
      await inOne(smallConfig('semihtriplet', { sec_wei: 0.1, seed: 8, norm_momentum: 0.5 }));
      await inOne(smallConfig('ms', { sec_wei: 0 }));
      const stopped = await inOne(config, { stop: () => 'cancel' });
      expect(stopped.outcome).toEqual({ outcome: 'stopped', reason: 'cancel' });
      const again = await inOne(config);
      const lone = await alone(config, folder);
      expect(weightsOf(again)).toBe(lone.weights);
      const points = pointsOf(again.events);
      expect(points.size).toBeGreaterThan(50);
      const theirs = new Map(lone.points);
      expect(Object.fromEntries(points)).toEqual(
        Object.fromEntries([...points.keys()].map((key) => [key, theirs.get(key)])),
      );
    });
  });

  test('leave no tensor and no session behind but those that are kept', async () => {
    await withKept(async (kept, folder) => {
      await observeRun(config, folder, { kept });
      const { numTensors, numBytes } = tf.memory();
      for (const seed of [1, 2]) await observeRun({ ...config, seed }, folder, { kept });
      expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    });
  });

  test('notice a picture that was replaced between them', async () => {
    await withKept(async (kept, folder) => {
      const images = path.join(folder, 'photos', 'images');
      const picture = async (file: string, value: number) => {
        const pixels = Uint8Array.from({ length: 40 * 40 * 3 }, (_, i) => 127 + 127 * Math.sin(i * i * (value + 1)));
        const raw = { width: 40, height: 40, channels: 3 } as const;
        await writeFile(`${file}.new`, await sharp(pixels, { raw }).png({ compressionLevel: 0 }).toBuffer());
        await rename(`${file}.new`, file);
      };
      for (let index = 0; index < 64; index += 1) {
        const own = path.join(images, `class-${String(index % 16).padStart(2, '0')}`);
        await mkdir(own, { recursive: true });
        await picture(path.join(own, `${index}.png`), index * 4);
      }
      const photos = smallConfig('triplet', { dataset: 'photos', protocol: 'paper', instances: 3 });
      const facts: RunFacts[] = [];
      const train = (more = {}) =>
        observeRun(photos, folder, {
          chooseStart: async (now) => {
            facts.push(now);
            return { type: 'begin', resumeFrom: null, graphFolder: null };
          },
          ...more,
        });
      const first = weightsOf(await train({ kept }));
      expect(weightsOf(await train({ kept }))).toBe(first);
      await picture(path.join(images, 'class-00', '0.png'), 250);
      const changed = weightsOf(await train({ kept }));
      expect(changed).not.toBe(first);
      expect(changed).toBe(weightsOf(await train()));
      const [one, two, three, four] = facts.map((now) => now.data_sha256);
      expect(two).toBe(one);
      expect(three).not.toBe(one);
      expect(four).toBe(three);
    });
  });
});
