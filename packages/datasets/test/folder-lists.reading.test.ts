import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resolveExperiment } from '@spherelab/config';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { byteOrder } from '../src/byte-order.ts';
import { KnownDatasets } from '../src/catalogue/known-datasets.ts';
import { readDatasetLists } from '../src/dataset-lists.ts';
import { openImageFolder } from '../src/open-image-folder.ts';
import { verifyDataset } from '../src/verify-dataset.ts';

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

describe('what lies beside pictures', () => {
  test('is passed over with notes that count and name it, and leaves the lists as they were', async () => {
    const folder = await makeDataset('fruit', fiveClasses);
    const before = await datasets.describe(dataRoot, 'fruit', 'paper');
    await makeDataset('fruit', { __MACOSX: ['._1.jpg'], '@eaDir': ['1.jpg'], '.hidden': ['1.jpg'] });
    await makeDataset('fruit', { a: ['.DS_Store', '._x.JPG', 'Thumbs.db', 'm.gif', 'n.BMP', 'o.tif', 'p.avif'] });
    await makeDataset('fruit', { 'a/more': ['9.jpg'] });
    await writeFile(path.join(folder, 'images', 'cover.jpg'), '');
    const after = await datasets.describe(dataRoot, 'fruit', 'paper');
    expect(after.dataListSha256).toBe(before.dataListSha256);
    expect(after.notes).toEqual([
      'passed over 6 left by other programs (images/.hidden, images/@eaDir, images/__MACOSX and 3 more)',
      'passed over 4 of other formats: convert them to jpg, png or webp if they belong to it (images/a/m.gif, images/a/n.BMP, images/a/o.tif and 1 more)',
      'passed over 1 folders in folders of classes: classes are one level deep (images/a/more)',
      'passed over 1 that are no pictures (images/a/notes.txt)',
      'passed over 1 pictures outside of folders of classes (images/cover.jpg)',
    ]);
  });

  test('classes without a picture are refused all at once, with what to do', async () => {
    await makeDataset('hollow', { ...fiveClasses, x: [], y: ['1.gif'] });
    await expect(readDatasetLists(dataRoot, 'hollow')).rejects.toEqual(
      refusal('too_few_images', /classes x, y of .*remove/),
    );
    await makeDataset('gifs', { ...fiveClasses, y: ['1.gif'] });
    await expect(readDatasetLists(dataRoot, 'gifs')).rejects.toEqual(
      refusal('too_few_images', /class y .*convert 1\.gif/),
    );
    await makeDataset('nested', { 'train/cat': ['1.jpg'], 'val/cat': ['2.jpg'] });
    await expect(readDatasetLists(dataRoot, 'nested')).rejects.toEqual(
      refusal('too_few_images', /classes train, val .*move cat and its like up/),
    );
  });

  test('a training class with one image is named where it is refused, by verify too', async () => {
    await makeDataset('single', { a: ['1.png', '2.png'], lonely: ['1.png'], x: ['1.png'], y: ['1.png'] });
    const facts = await datasets.describe(dataRoot, 'single', 'paper');
    expect(() => resolveExperiment({ dataset: 'single', loss: 'triplet' }, facts)).toThrow(/single image.*: lonely/);
    const { ok, problem } = await verifyDataset({ dataRoot, name: 'single', decode: false });
    expect([ok, problem]).toEqual([false, expect.stringContaining('positive pair: lonely')]);
  });
});

test('one folder that leads nowhere, or cannot be listed, leaves the others on the list', async () => {
  await makeDataset('fruit', fiveClasses);
  await symlink(path.join(dataRoot, 'gone'), path.join(dataRoot, 'dangling'));
  await symlink('loop', path.join(dataRoot, 'loop'));
  await symlink(path.join(dataRoot, 'fruit/images/b/2.png'), path.join(dataRoot, 'file'));
  const listed = await datasets.list(dataRoot);
  expect(listed.map(({ name, problem }) => [name, problem === null])).toEqual([
    ['shapes', true],
    ['dangling', false],
    ['file', false],
    ['fruit', true],
    ['loop', false],
  ]);
  await expect(datasets.describe(dataRoot, 'dangling', 'paper')).rejects.toEqual(
    refusal('missing_folder', /leads nowhere/),
  );
});

test('names are found however Unicode spells them, and a byte order mark is no part of a split.json', async () => {
  const decomposed = 'cafe\u0301';
  const folder = await makeDataset('menu', { ...fiveClasses, [decomposed]: ['1.png', 'e\u0301.png'] });
  const split = { train: ['a', 'b'], test: ['caf\u00e9/\u00e9.png', 'caf\u00e9/1.png', 'd'] };
  await writeFile(path.join(folder, 'split.json'), `\ufeff${JSON.stringify(split)}`);
  const lists = await readDatasetLists(dataRoot, 'menu');
  expect(lists.test[0]?.path).toBe(`images/${decomposed}/e\u0301.png`);
  await makeDataset('menu', { 'caf\u00e9': ['1.png'] });
  await expect(readDatasetLists(dataRoot, 'menu')).rejects.toEqual(refusal('ambiguous_name', /two spellings/));
});

test('a name that is not UTF-8 is refused with the command that renames it', async () => {
  const folder = await makeDataset('latin', fiveClasses);
  const name = Buffer.concat([Buffer.from(path.join(folder, 'images/a/')), Buffer.from([0xe9]), Buffer.from('.png')]);
  await writeFile(name, '');
  await expect(readDatasetLists(dataRoot, 'latin')).rejects.toEqual(refusal('invalid_name', /not UTF-8.*convmv/));
});

test('a folder of pictures to embed follows the same rules, at any depth', async () => {
  await makeDataset('fruit', { a: ['1.png', '._1.png', 'x.gif'], '__MACOSX/a': ['1.png'], 'b/c': ['2.jpg'] });
  const folder = await openImageFolder(path.join(dataRoot, 'fruit'), 32);
  try {
    expect(folder.images.map((image) => image.path)).toEqual(['images/a/1.png', 'images/b/c/2.jpg']);
    expect(folder.notes).toEqual([
      expect.stringContaining('passed over 2 left by other programs (images/__MACOSX, images/a/._1.png)'),
      expect.stringContaining('(images/a/x.gif)'),
    ]);
  } finally {
    await folder.close();
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
