import { readFileSync, renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Dataset, evaluationBatches, openDataset } from '@spherelab/datasets';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manifestSha256 } from '../src/content/manifest.ts';
import { makePhotoSet, noisePicture } from './photo-set.ts';

let folder: string;
let photos: string[];
let dataset: Dataset | null = null;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spherelab-verified-'));
  photos = await makePhotoSet(folder, 4);
});

afterEach(async () => {
  await dataset?.close();
  dataset = null;
  await rm(folder, { recursive: true, force: true });
});

async function open(options: { cacheFolder?: string; memoryBytes?: number } = {}): Promise<Dataset> {
  const common = { dataRoot: folder, name: 'PHOTOS', imageSize: 8, threadCount: 1, memoryBytes: 0 };
  dataset = await openDataset({ ...common, ...options });
  return dataset;
}

/** Reads the pictures of both lists, in batches. */
async function readAll({ pictures, train, test: tested }: Dataset): Promise<Uint8Array[]> {
  const result: Uint8Array[] = [];
  for await (const { pixels } of evaluationBatches({ pictures }, [...train, ...tested], 8)) result.push(pixels);
  return result;
}

const changed = (file: string) => ({
  name: 'DatasetError',
  code: 'data_changed',
  message: expect.stringContaining(`images/${path.relative(path.join(folder, 'photos/images'), file)} changed while`),
});

test('an open data set knows its content, and the manifest hashes to what the facts say', async () => {
  const { facts, manifest, train } = await open();
  expect(facts.name).toBe('photos');
  expect(facts.dataSha256).toBe(manifestSha256(manifest));
  expect(manifest.train.map(({ path: file }) => file)).toEqual(train.map(({ path: file }) => file));
  expect(manifest.gallery).toBeNull();
});

describe.each([['without a cache'], ['with a cache']])('%s, a picture under an open data set', (kind) => {
  const cacheOf = () => (kind === 'with a cache' ? { cacheFolder: path.join(folder, 'cache') } : {});

  test('that is replaced by another is refused by name, before and after it was read', async () => {
    for (const isRead of [false, true]) {
      const opened = await open(cacheOf());
      if (isRead) await readAll(opened);
      const file = photos[isRead ? 5 : 2] as string;
      await noisePicture(file, 30, 20, 999);
      await expect(readAll(opened)).rejects.toMatchObject(changed(file));
      await opened.close();
    }
  });

  test('whose bytes change under the same size and time is refused by name', async () => {
    const opened = await open(cacheOf());
    await readAll(opened);
    const file = photos[9] as string;
    const { atime, mtime } = statSync(file);
    const content = readFileSync(file);
    const at = content.length - 3;
    content[at] = (content[at] as number) ^ 1;
    writeFileSync(file, content);
    utimesSync(file, atime, mtime);
    await expect(readAll(opened)).rejects.toMatchObject(changed(file));
  });

  test('that is gone is refused by name', async () => {
    const opened = await open(cacheOf());
    await readAll(opened);
    rmSync(photos[3] as string);
    await expect(readAll(opened)).rejects.toMatchObject(changed(photos[3] as string));
  });

  test('that is written again with the same bytes is the same picture', async () => {
    const opened = await open(cacheOf());
    const before = await readAll(opened);
    const file = photos[0] as string;
    writeFileSync(`${file}.new`, readFileSync(file));
    renameSync(`${file}.new`, file);
    expect(await readAll(opened)).toEqual(before);
  });
});

test('pictures in memory are those of the beginning, whatever becomes of the files', async () => {
  const opened = await open({ memoryBytes: 2 ** 20 });
  const before = await readAll(opened);
  for (const file of photos) await noisePicture(file, 30, 20, 7);
  expect(await readAll(opened)).toEqual(before);
});

test('an image that could not be read from the first is unreadable, and has changed once it can be read', async () => {
  const file = photos[1] as string;
  const content = readFileSync(file);
  truncateSync(file, 65 * 2 ** 20); // more than is ever read of a picture
  const opened = await open();
  await expect(readAll(opened)).rejects.toMatchObject({ code: 'unreadable_image' });
  writeFileSync(file, content);
  await expect(readAll(opened)).rejects.toMatchObject(changed(file));
});
