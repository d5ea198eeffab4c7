import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  type Dataset,
  type EvaluationBatch,
  evaluationBatches,
  openBatchStream,
  openDataset,
} from '@spherelab/datasets';
import sharp from 'sharp';
import { afterEach, expect, test } from 'vitest';

const opened: Dataset[] = [];
const folders: string[] = [];

async function open(options: Partial<Parameters<typeof openDataset>[0]> = {}): Promise<Dataset> {
  const dataset = await openDataset({ dataRoot: null, name: 'shapes', imageSize: 32, threadCount: 1, ...options });
  opened.push(dataset);
  return dataset;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((dataset) => dataset.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

const stream = { batchSize: 12, instances: 3, seed: 5, firstStep: 0, endStep: 6 };

test('training batches are the same with one thread, with three, without memory, and when begun in the middle', async () => {
  const variants = [await open(), await open({ threadCount: 3 }), await open({ threadCount: 2, memoryBytes: 0 })];
  const [first, ...others] = await Promise.all(
    variants.map(async (dataset) => {
      const { next } = openBatchStream(dataset, stream);
      return [await next(), await next(), await next(), await next()];
    }),
  );
  for (const other of others) expect(other).toEqual(first);
  const late = openBatchStream(variants[1] as Dataset, { ...stream, firstStep: 3 });
  expect(await late.next()).toEqual(first?.[3]);
  expect(first?.[0]?.pixels).not.toEqual(first?.[1]?.pixels);
});

test('a batch stays as it was while later ones are made', async () => {
  const { next } = openBatchStream(await open(), stream);
  const batch = await next();
  const copy = batch.pixels.slice();
  for (let step = 1; step < stream.endStep; step += 1) await next();
  expect(batch.pixels).toEqual(copy);
  expect(batch.pixels.length).toBe(12 * 32 * 32 * 3);
  await expect(next()).rejects.toThrow('no item after 5');
});

test('evaluation batches cover the list once, and the last one is padded with zeros', async () => {
  const dataset = await open();
  const list = dataset.test.slice(0, 10);
  const batches: EvaluationBatch[] = [];
  for await (const batch of evaluationBatches(dataset, list, 4)) batches.push(batch);
  expect(batches.map(({ count }) => count)).toEqual([4, 4, 2]);
  const last = batches[2]?.pixels as Uint8Array;
  expect(last.subarray(2 * 32 * 32 * 3).every((value) => value === 0)).toBe(true);
  expect(last.subarray(0, 2 * 32 * 32 * 3).some((value) => value !== 0)).toBe(true);
});

async function makePhotos(broken: string | null): Promise<string> {
  const dataRoot = await mkdtemp(path.join(tmpdir(), 'spherelab-photos-'));
  folders.push(dataRoot);
  for (const className of ['a', 'b', 'c', 'd']) {
    const folder = path.join(dataRoot, 'photos', 'images', className);
    await mkdir(folder, { recursive: true });
    for (const image of ['1', '2']) {
      const colour = { r: className.charCodeAt(0), g: Number(image) * 50, b: 7 };
      const file = path.join(folder, `${image}.png`);
      await sharp({ create: { width: 60, height: 40, channels: 3, background: colour } }).toFile(file);
    }
  }
  if (broken !== null) await writeFile(path.join(dataRoot, 'photos', 'images', broken), 'no image');
  return dataRoot;
}

test('images of a folder are read with the class of their folder', async () => {
  const dataset = await open({ dataRoot: await makePhotos(null), name: 'photos' });
  const { next } = openBatchStream(dataset, { batchSize: 4, instances: 2, seed: 0, firstStep: 0, endStep: 1 });
  const { pixels, labels } = await next();
  for (const [row, label] of labels.entries()) {
    expect(pixels[row * 32 * 32 * 3]).toBe('a'.charCodeAt(0) + label);
  }
});

test('an image that cannot be read is named, and only its own batch fails', async () => {
  const dataset = await open({ dataRoot: await makePhotos('c/1.png'), name: 'photos' });
  const batches = evaluationBatches(dataset, dataset.test, 2);
  await expect(batches.next()).rejects.toMatchObject({
    name: 'DatasetError',
    code: 'unreadable_image',
    message: expect.stringContaining('images/c/1.png'),
  });
  const { next } = openBatchStream(dataset, { batchSize: 4, instances: 2, seed: 0, firstStep: 0, endStep: 1 });
  await expect(next()).resolves.toMatchObject({ step: 0 });
});

test('closing ends the threads, and what is asked for afterwards is refused', async () => {
  const dataset = await openDataset({ dataRoot: null, name: 'shapes', imageSize: 32, threadCount: 2 });
  const { next } = openBatchStream(dataset, stream);
  await next();
  await dataset.close();
  await expect(dataset.pictures.batch({ entries: [], rows: 1, training: null })).rejects.toThrow('closed');
});

test('a process that closed its data set ends by itself, and the catalogue does not load sharp', async () => {
  const script = `
    const { openDataset, openBatchStream } = await import('@spherelab/datasets');
    const isSharpLoaded = () => process.report.getReport().sharedObjects.some((file) => file.includes('sharp'));
    await import('@spherelab/datasets/catalogue');
    const before = isSharpLoaded();
    const dataset = await openDataset({ dataRoot: null, name: 'shapes', imageSize: 32, threadCount: 2 });
    await openBatchStream(dataset, ${JSON.stringify(stream)}).next();
    await dataset.close();
    await import('@spherelab/datasets/decoder');
    console.log(JSON.stringify([before, isSharpLoaded()]));`;
  const cwd = path.join(import.meta.dirname, '..');
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd, timeout: 20_000 });
  await expect(run).resolves.toMatchObject({ stdout: '[false,true]\n' });
});
