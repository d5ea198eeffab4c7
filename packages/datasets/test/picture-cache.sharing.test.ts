import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { evaluationBatches, openBatchStream, openDataset } from '@spherelab/datasets';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCacheEntry, writeCacheEntry } from '../src/pictures/cache-entry.ts';
import { readCachedPicture, writeCachedPicture } from '../src/pictures/picture-cache.ts';
import { runPictureTask } from '../src/pictures/run-picture-task.ts';
import { sweepCache } from '../src/pictures/sweep-cache.ts';
import { makePhotoSet } from './photo-set.ts';

let folder: string;
let dataRoot: string;
let cacheFolder: string;
/** The part of it that holds resized pictures. */
let pictures: string;
let photos: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spherelab-cache-'));
  dataRoot = path.join(folder, 'data');
  cacheFolder = path.join(folder, 'cache');
  pictures = path.join(cacheFolder, 'pictures');
  photos = await makePhotoSet(dataRoot, 30);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

type Options = Partial<Parameters<typeof openDataset>[0]>;

/** All pictures with the test transform, and a training batch, read anew: nothing is kept in memory. */
async function batches(options: Options = {}): Promise<Uint8Array[]> {
  const common = { dataRoot, name: 'photos', imageSize: 8, threadCount: 1, memoryBytes: 0 };
  const dataset = await openDataset({ ...common, ...options });
  try {
    const { next } = openBatchStream(dataset, { batchSize: 6, instances: 3, seed: 3, firstStep: 0, endStep: 1 });
    const result = [(await next()).pixels];
    const all = [...dataset.train, ...dataset.test];
    for await (const { pixels } of evaluationBatches(dataset, all, 20)) result.push(pixels);
    return result;
  } finally {
    await dataset.close();
  }
}

function filesUnder(root: string): string[] {
  if (!existsSync(root)) return [];
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

function bytesUnder(root: string): number {
  return filesUnder(root).reduce((sum, file) => sum + statSync(file).size, 0);
}

describe('a data set with a cache', () => {
  test('has the same pixels with an empty cache, a full one, one in memory, and none', async () => {
    const plain = await batches();
    expect(await batches({ cacheFolder })).toEqual(plain);
    expect(filesUnder(pictures)).toHaveLength(photos.length);
    expect(await batches({ cacheFolder })).toEqual(plain);
    expect(await batches({ cacheFolder, memoryBytes: 2 ** 20 })).toEqual(plain);
  });

  test('reads from the cache what is there: an entry with other pixels shows', async () => {
    const plain = await batches({ cacheFolder });
    for (const entry of filesUnder(pictures)) {
      const { width, height } = readCacheEntry(readFileSync(entry)) as { width: number; height: number };
      writeFileSync(entry, writeCacheEntry({ width, height, pixels: new Uint8Array(width * height * 3).fill(77) }));
    }
    const seen = await batches({ cacheFolder });
    expect(seen).not.toEqual(plain);
    for (const pixels of seen) expect(pixels.every((value) => value === 77)).toBe(true);
  });

  test('goes by the content of a file: another picture of the same size and time is another picture', async () => {
    const times = new Date(Date.now() - 3_600_000);
    const [first = '', second = ''] = photos;
    // Padding after the end of the picture makes the two files the same size.
    const size = Math.max(statSync(first).size, statSync(second).size);
    for (const file of [first, second]) {
      truncateSync(file, size);
      utimesSync(file, times, times);
    }
    await batches({ cacheFolder });
    await copyFile(second, first);
    utimesSync(first, times, times);
    const changed = await batches({ cacheFolder });
    expect(changed).toEqual(await batches());
  });

  test('finds damaged entries of every kind, and replaces them', async () => {
    const damages: ((file: string) => void)[] = [
      (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
      (file) => truncateSync(file, 0),
      (file) => flipBit(file, statSync(file).size - 5),
      (file) => flipBit(file, 8), // another width
      (file) => flipBit(file, 11), // a huge width
      (file) => flipBit(file, 0), // other text in front
      (file) => writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from('x')])),
    ];
    const plain = await batches({ cacheFolder });
    const whole = new Map(filesUnder(pictures).map((file) => [file, readFileSync(file)]));
    for (const [index, file] of [...whole.keys()].entries()) damages[index % damages.length]?.(file);
    expect(await batches({ cacheFolder })).toEqual(plain);
    for (const [file, content] of whole) expect(readFileSync(file).equals(content)).toBe(true);
  });

  test('goes on without a cache where none can be written', async () => {
    writeFileSync(path.join(folder, 'a-file'), '');
    expect(await batches({ cacheFolder: path.join(folder, 'a-file') })).toEqual(await batches());
  });

  test('keeps nothing where the bound is 0', async () => {
    await batches({ cacheFolder, cacheBytes: 0 });
    expect(existsSync(pictures)).toBe(false);
  });

  test('stays below its bound, whatever it is, and uses what there is', async () => {
    const plain = await batches({ cacheFolder });
    const all = bytesUnder(pictures);
    for (const cacheBytes of [all * 0.9, all * 0.6, 100].map(Math.floor)) {
      expect(await batches({ cacheFolder, cacheBytes })).toEqual(plain);
      expect(bytesUnder(pictures)).toBeLessThanOrEqual(cacheBytes);
    }
    expect(await batches({ cacheFolder, cacheBytes: Math.floor(all * 0.9) })).toEqual(plain);
    expect(bytesUnder(pictures)).toBeGreaterThan(0);
  });

  test('may be shared by processes that write and evict at once', async () => {
    await batches({ cacheFolder });
    const cacheBytes = Math.floor(bytesUnder(pictures) * 0.8);
    const options = { dataRoot, cacheFolder, name: 'photos', imageSize: 8, threadCount: 1, memoryBytes: 0, cacheBytes };
    const script = `
      const { openDataset, evaluationBatches } = await import('@spherelab/datasets');
      const { createHash } = await import('node:crypto');
      const hash = createHash('sha256');
      const dataset = await openDataset(${JSON.stringify(options)});
      const all = [...dataset.train, ...dataset.test];
      for (let round = 0; round < 20; round += 1)
        for await (const { pixels } of evaluationBatches(dataset, all, 4)) hash.update(pixels);
      await dataset.close();
      console.log(hash.digest('hex'));`;
    const cwd = path.join(import.meta.dirname, '..');
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd });
    const results = await Promise.all([run(), run(), run()]);
    expect(bytesUnder(pictures)).toBeLessThanOrEqual(cacheBytes);
    const kept = filesUnder(pictures);
    expect(kept.filter((file) => path.basename(file).startsWith('tmp-'))).toEqual([]);
    for (const file of kept) expect(readCacheEntry(readFileSync(file))).not.toBeNull();
    await rm(cacheFolder, { recursive: true });
    const alone = await run();
    for (const { stdout, stderr } of results) expect({ stdout, stderr }).toEqual({ stdout: alone.stdout, stderr: '' });
  });
});

function flipBit(file: string, at: number): void {
  const content = readFileSync(file);
  content[at] = (content[at] as number) ^ 0x40;
  writeFileSync(file, content);
}

describe('the sweep', () => {
  const picture = { width: 20, height: 10, pixels: new Uint8Array(600).fill(5) };
  const keyOf = (index: number) => ({ sha256: String(index).padStart(64, '0'), shortSide: 10 });

  /** Ten entries, the first used longest ago. */
  function fill(): number {
    let bytes = 0;
    for (let index = 0; index < 10; index += 1) {
      const before = new Set(filesUnder(cacheFolder));
      bytes += writeCachedPicture(cacheFolder, keyOf(index), picture, 10_000);
      const used = new Date(Date.now() - (100 - index) * 3_600_000);
      for (const file of filesUnder(cacheFolder)) if (!before.has(file)) utimesSync(file, used, used);
    }
    return bytes;
  }

  test('removes what was used least recently, and reading is use', () => {
    const bytes = fill();
    expect(bytesUnder(cacheFolder)).toBe(bytes);
    expect(readCachedPicture(cacheFolder, keyOf(0))?.pixels).toEqual(Buffer.from(picture.pixels));
    const left = sweepCache(cacheFolder, bytes * 0.8);
    expect(left).toBe(bytesUnder(cacheFolder));
    expect(left).toBeLessThanOrEqual(bytes * 0.6);
    const present = Array.from({ length: 10 }, (_, index) => readCachedPicture(cacheFolder, keyOf(index)) !== null);
    expect(present).toEqual([true, false, false, false, false, true, true, true, true, true]);
  });

  test('leaves a cache alone that has room', () => {
    const bytes = fill();
    expect(sweepCache(cacheFolder, bytes * 2)).toBe(bytes);
    expect(filesUnder(cacheFolder)).toHaveLength(10);
  });

  test('removes what a dead process left unfinished, and nothing that is being written', async () => {
    await mkdir(cacheFolder, { recursive: true });
    const [old, fresh] = ['tmp-old', 'tmp-fresh'].map((name) => path.join(cacheFolder, name)) as [string, string];
    for (const file of [old, fresh]) writeFileSync(file, 'x'.repeat(1_000));
    const used = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(old, used, used);
    sweepCache(cacheFolder, 100);
    expect([existsSync(old), existsSync(fresh)]).toEqual([false, true]);
  });

  test('writes nothing beyond the room it is given', () => {
    expect(writeCachedPicture(cacheFolder, keyOf(1), picture, 600)).toBe(0);
    expect(filesUnder(cacheFolder)).toEqual([]);
  });
});

test('a task hands back as many pictures as are wanted in memory, no more', async () => {
  const items = photos
    .slice(0, 3)
    .map((file) => ({ path: path.relative(dataRoot, file), label: 0, sha256: null, resized: null }));
  const task = { id: 0, folder: dataRoot, imageSize: 8, rows: 3, training: null, items, cache: null };
  const all = await runPictureTask({ ...task, keepBytes: 2 ** 20 });
  const [[, first] = []] = all.resized;
  expect(all.resized).toHaveLength(3);
  const one = await runPictureTask({ ...task, keepBytes: (first?.bytes.byteLength ?? 0) * 1.5 });
  expect(one.resized).toHaveLength(1);
  expect((await runPictureTask({ ...task, keepBytes: 0 })).resized).toEqual([]);
  expect(one.pixels).toEqual(all.pixels);
});
