import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { byteOrder } from '../src/byte-order.ts';
import { KnownDatasets } from '../src/catalogue/known-datasets.ts';
import { readDatasetLists } from '../src/dataset-lists.ts';

let dataRoot: string;
let datasets: KnownDatasets;

beforeEach(async () => {
  dataRoot = await mkdtemp(path.join(tmpdir(), 'spherelab-data-'));
  datasets = new KnownDatasets({ cacheFolder: null });
});

afterEach(async () => {
  datasets.close();
  await rm(dataRoot, { recursive: true, force: true });
});

/** Files are empty: reading lists opens no image. */
async function makeDataset(name: string, classes: Record<string, readonly string[]>): Promise<string> {
  for (const [className, files] of Object.entries(classes)) {
    const folder = path.join(dataRoot, name, 'images', className);
    await mkdir(folder, { recursive: true });
    for (const file of files) await writeFile(path.join(folder, file), '');
  }
  return path.join(dataRoot, name);
}

const fiveClasses = {
  b: ['2.png', '10.jpg'],
  a: ['x.JPG', 'y.webp', 'notes.txt'],
  C: ['1.jpeg', '2.png'],
  d: ['1.png', '2.png'],
  e: ['1.png'],
};

function refusal(code: string, message: RegExp): unknown {
  return expect.objectContaining({ name: 'DatasetError', code, message: expect.stringMatching(message) });
}

test('classes and files come in byte order, and the first half of the classes trains', async () => {
  await makeDataset('Fruit', fiveClasses);
  const lists = await readDatasetLists(dataRoot, 'fruit');
  expect(lists.name).toBe('Fruit');
  expect(lists.train).toEqual([
    { path: 'images/C/1.jpeg', label: 0 },
    { path: 'images/C/2.png', label: 0 },
    { path: 'images/a/x.JPG', label: 1 },
    { path: 'images/a/y.webp', label: 1 },
  ]);
  expect(lists.test.map((entry) => `${entry.path} ${entry.label}`)).toEqual([
    'images/b/10.jpg 2',
    'images/b/2.png 2',
    'images/d/1.png 3',
    'images/d/2.png 3',
    'images/e/1.png 4',
  ]);
});

test('byte order is that of UTF-8, beyond the basic plane too', () => {
  const names = ['a', 'ab', 'b', 'é', '\u{ff5e}', '\u{1f600}', '\u{1f601}', '\u{1f601}a'];
  const inBytes = [...names].reverse().sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect([...names].reverse().sort(byteOrder)).toEqual(inBytes);
});

test('facts count the lists, and the hash changes with them', async () => {
  const folder = await makeDataset('fruit', fiveClasses);
  const before = await datasets.describe(dataRoot, 'fruit', 'paper');
  expect(before).toMatchObject({ trainingClasses: 2, trainingImages: 4, smallestTrainingClass: 2, testClasses: 3 });
  await writeFile(path.join(folder, 'images', 'a', 'z.png'), '');
  const after = await datasets.describe(dataRoot, 'fruit', 'paper');
  expect(after.dataListSha256).not.toBe(before.dataListSha256);
  expect(after.dataListSha256).toMatch(/^[0-9a-f]{64}$/);
});

test('protocol validation evaluates the last training classes and never a test class', async () => {
  const classes = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`c${10 + i}`, ['1.png', '2.png']]));
  await makeDataset('many', classes);
  const paper = await readDatasetLists(dataRoot, 'many');
  const validation = await readDatasetLists(dataRoot, 'many', 'validation');
  expect([...validation.train, ...validation.test]).toEqual(paper.train);
  expect(new Set(validation.test.map(({ label }) => label))).toEqual(new Set([7, 8, 9]));
});

describe('a split.json', () => {
  test('chooses classes and files', async () => {
    const folder = await makeDataset('fruit', fiveClasses);
    const split = { train: ['a', 'b'], query: ['C/1.jpeg', 'd/2.png'], gallery: ['C/2.png', 'd/1.png', 'e'] };
    await writeFile(path.join(folder, 'split.json'), JSON.stringify(split));
    const lists = await readDatasetLists(dataRoot, 'fruit');
    expect(lists.train.length).toBe(4);
    expect(lists.test.map((entry) => entry.path)).toEqual(['images/C/1.jpeg', 'images/d/2.png']);
    expect(lists.gallery?.map((entry) => entry.path)).toEqual(['images/C/2.png', 'images/d/1.png', 'images/e/1.png']);
  });

  test.each([
    ['{', 'not valid JSON'],
    ['{"train": ["a"], "tests": ["b"]}', 'unknown key "tests"'],
    ['{"train": ["a"]}', 'give either "test"'],
    ['{"train": ["a", "nope"], "test": ["b", "d"]}', 'no class "nope"'],
    ['{"train": ["a", "b"], "test": ["b/2.png", "d"]}', 'training and the test part'],
    ['{"train": ["a", "b"], "test": ["../../secret"]}', 'no file'],
  ])('%s is refused', async (text, reason) => {
    const folder = await makeDataset('fruit', fiveClasses);
    await writeFile(path.join(folder, 'split.json'), text);
    await expect(readDatasetLists(dataRoot, 'fruit')).rejects.toEqual(refusal('invalid_split', new RegExp(reason)));
  });
});

test('an unknown data set is refused with the known ones', async () => {
  await makeDataset('fruit', fiveClasses);
  await expect(readDatasetLists(dataRoot, 'birds')).rejects.toEqual(refusal('unknown_dataset', /known: shapes, fruit/));
});

test.each(['../fruit', 'a/b', '.hidden', '', 'a\\b', '/etc'])('the name "%s" is refused', async (name) => {
  await expect(readDatasetLists(dataRoot, name)).rejects.toEqual(refusal('invalid_name', /not a data set name/));
});

test('a data set that needs files is refused where there is no data root', async () => {
  await expect(datasets.describe(null, 'fruit', 'paper')).rejects.toEqual(refusal('no_data_root', /data root/));
  await expect(datasets.describe(null, 'Shapes', 'paper')).resolves.toMatchObject({
    name: 'shapes',
    trainingClasses: 32,
  });
});

test('a folder without images, with too few classes or with an empty class is refused', async () => {
  await mkdir(path.join(dataRoot, 'bare'));
  await expect(readDatasetLists(dataRoot, 'bare')).rejects.toEqual(refusal('missing_folder', /images\//));
  await makeDataset('three', { a: ['1.png'], b: ['1.png'], c: ['1.png'] });
  await expect(readDatasetLists(dataRoot, 'three')).rejects.toEqual(refusal('too_few_classes', /1 training classes/));
  await makeDataset('hollow', { ...fiveClasses, d: [] });
  await expect(readDatasetLists(dataRoot, 'hollow')).rejects.toEqual(refusal('too_few_images', /class d /));
});

test('a symbolic link may not leave the data root, one inside it may be followed', async () => {
  const outside = await mkdtemp(path.join(tmpdir(), 'spherelab-outside-'));
  try {
    const folder = await makeDataset('fruit', fiveClasses);
    await symlink(path.join(folder, 'images', 'a'), path.join(folder, 'images', 'f'));
    await expect(readDatasetLists(dataRoot, 'fruit')).resolves.toMatchObject({ name: 'Fruit'.toLowerCase() });
    await writeFile(path.join(outside, '1.png'), '');
    await symlink(outside, path.join(folder, 'images', 'g'));
    await expect(readDatasetLists(dataRoot, 'fruit')).rejects.toEqual(refusal('outside_data_root', /leads out/));
    await symlink(outside, path.join(dataRoot, 'linked'));
    await expect(readDatasetLists(dataRoot, 'linked')).rejects.toEqual(refusal('outside_data_root', /outside/));
  } finally {
    await rm(outside, { recursive: true, force: true });
  }
});

test('the catalogue lists every data set, with what is wrong where something is', async () => {
  await makeDataset('fruit', fiveClasses);
  await mkdir(path.join(dataRoot, 'bare'));
  await mkdir(path.join(dataRoot, 'weights'));
  const listed = await datasets.list(dataRoot);
  expect(listed.map(({ name, problem }) => [name, problem === null])).toEqual([
    ['shapes', true],
    ['bare', false],
    ['fruit', true],
  ]);
  await expect(datasets.list(path.join(dataRoot, 'nothing'))).resolves.toHaveLength(1);
});
