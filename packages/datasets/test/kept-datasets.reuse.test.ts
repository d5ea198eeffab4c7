import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type KeptDatasets, keptDatasets } from '@spherelab/datasets';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';

let dataRoot: string;
let kept: KeptDatasets;

beforeEach(async () => {
  dataRoot = await mkdtemp(path.join(tmpdir(), 'spherelab-kept-'));
  kept = keptDatasets();
  for (const name of ['a', 'b', 'c', 'd']) {
    await mkdir(path.join(dataRoot, 'photos', 'images', name), { recursive: true });
    for (const image of [1, 2]) await picture(`${name}/${image}.png`, name.charCodeAt(0) + image);
  }
});

afterEach(async () => {
  await kept.close();
  await rm(dataRoot, { recursive: true });
});

/** One colour; a file of the same size whatever it is, which takes the other's place as a whole. */
async function picture(name: string, red: number): Promise<void> {
  const file = path.join(dataRoot, 'photos', 'images', name);
  const create = { width: 20, height: 20, channels: 3, background: { r: red, g: 50, b: 7 } } as const;
  await writeFile(`${file}.new`, await sharp({ create }).png({ compressionLevel: 0 }).toBuffer());
  await rename(`${file}.new`, file);
}

const open = (more = {}) => kept.open({ dataRoot, name: 'photos', imageSize: 16, threadCount: 1, ...more });

async function firstRed(dataset: Awaited<ReturnType<typeof open>>): Promise<number> {
  const entries = dataset.train.slice(0, 1);
  return (await dataset.pictures.batch({ entries, rows: 1, training: null }))[0] as number;
}

test('what has not changed is taken again with its decoded pictures; another size is not', async () => {
  const first = await open();
  const red = await firstRed(first);
  await first.close();
  const again = await open();
  expect(again.pictures).toBe(first.pictures);
  expect(await firstRed(again)).toBe(red);
  await again.close();
  await again.close(); // once is enough
  const other = await open({ imageSize: 24 });
  expect(other.pictures).not.toBe(first.pictures);
  await other.close();
});

test('two that are open at once have threads of their own', async () => {
  const [one, other] = [await open(), await open()];
  expect(other.pictures).not.toBe(one.pictures);
  await one.close();
  expect(await firstRed(other)).toBe(98);
  await other.close();
});

test('a picture that took another’s place is seen at the next opening, also where only its bytes differ', async () => {
  const first = await open();
  expect(await firstRed(first)).toBe(98);
  await first.close();
  await picture('a/1.png', 200);
  const changed = await open();
  expect(changed.facts.dataSha256).not.toBe(first.facts.dataSha256);
  expect(await firstRed(changed)).toBe(200);
  await changed.close();
  await picture('a/1.png', 98);
  const back = await open();
  expect(back.facts.dataSha256).toBe(first.facts.dataSha256);
  expect(await firstRed(back)).toBe(98);
  await back.close();
});

test('after the end nothing is kept: what is given back then ends its threads', async () => {
  const dataset = await open();
  await kept.close();
  await dataset.close();
  await expect(firstRed(dataset)).rejects.toThrow('closed');
});
