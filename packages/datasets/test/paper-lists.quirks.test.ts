import { rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Division } from '@spherelab/config';
import { describe, expect, test } from 'vitest';
import { KnownDatasets } from '../src/catalogue/known-datasets.ts';
import { listedFacts } from '../src/dataset-facts.ts';
import { readDatasetLists } from '../src/dataset-lists.ts';
import { paperDataset } from '../src/paper/paper-dataset.ts';
import type { PaperLists } from '../src/paper/paper-lists.ts';
import { splitText } from '../src/paper/split-text.ts';
import { canWatch } from './byte-folder.ts';
import { withDataRoot } from './data-root.ts';
import { compressed, matFile, structVariable } from './mat-writer.ts';

const files = {
  cub: 'CUB_200_2011/images.txt',
  cars: 'CARS196/cars_annos.mat',
  sopTrain: 'SOP/Stanford_Online_Products/Ebay_train.txt',
  sopTest: 'SOP/Stanford_Online_Products/Ebay_test.txt',
  inshop: 'Inshop/list_eval_partition.txt',
} as const;
/** The first image of CUB's list. */
const imageOfCub = 'CUB_200_2011/images/001.a/b.jpg';

function read(name: string, content: Readonly<Record<string, string | Uint8Array>>): Promise<PaperLists> {
  return withDataRoot(content, async (root) => {
    const dataset = paperDataset(name);
    if (dataset === undefined) throw new Error(`${name} is no data set of the paper`);
    return dataset.readLists(root);
  });
}

function refusal(code: string, message: RegExp): unknown {
  return expect.objectContaining({ name: 'DatasetError', code, message: expect.stringMatching(message) });
}

describe('cub', () => {
  test('the class is the number before the first dot, and test labels are not re-based', async () => {
    const { train, test: tested } = await read('cub', {
      [files.cub]: '7 100.a.b/c.jpg\r\n3\t101.d/e.jpg\n9 1.f/g.jpg',
    });
    expect(splitText(train)).toBe('images/100.a.b/c.jpg,99\nimages/1.f/g.jpg,0\n');
    expect(splitText(tested)).toBe('images/101.d/e.jpg,100\n');
  });

  test.each([
    ['1 001.a/b.jpg\n\n2 002.a/b.jpg\n', /images\.txt, line 2: two words .*fails at empty lines/],
    ['1 001.a/b.jpg\n\n', /line 2/],
    ['1 001.a/b c.jpg\n', /line 1: two words/],
    ['1 a/b.jpg\n', /line 1: a class number from 1/],
    ['1 000.a/b.jpg\n', /line 1: a class number from 1 was expected, found "000"/],
    ['1 001.a,b/b.jpg\n', /line 1: a path without comma/],
  ])('%j is refused with its line and what was expected', async (text, message) => {
    await expect(read('cub', { [files.cub]: text })).rejects.toEqual(refusal('malformed_file', message));
  });

  test('text that is not UTF-8 is refused', async () => {
    const broken = read('cub', { [files.cub]: Buffer.from([0x31, 0x20, 0xff, 0xfe]) });
    await expect(broken).rejects.toEqual(refusal('malformed_file', /images\.txt is not UTF-8 text/));
  });

  test('a path that climbs out of the folder is refused', async () => {
    const climbing = read('cub', { [files.cub]: '1 001.a/../../../secret.jpg\n' });
    await expect(climbing).rejects.toEqual(refusal('outside_data_root', /line 1/));
  });
});

describe('cars', () => {
  test('path and class are the first field and the field before the last, and the official halves do not matter', async () => {
    const rows = [
      { any: 'car_ims/1.jpg', extra: 7, name: 98, test: 1 },
      { any: 'car_ims/2.jpg', extra: 7, name: 99, test: 0 },
    ];
    const file = matFile(structVariable('other', [{ a: 1 }]), compressed(structVariable('annotations', rows)));
    const { train, test: tested } = await read('cars', { [files.cars]: file });
    expect(splitText(train)).toBe('car_ims/1.jpg,97\n');
    expect(splitText(tested)).toBe('car_ims/2.jpg,98\n');
  });

  test.each([
    ['a class of 0', [{ path: 'a.jpg', class: 0, test: 0 }], /annotation 1: the field before the last, class/],
    ['half a class', [{ path: 'a.jpg', class: 1.5, test: 0 }], /annotation 1: the field before the last/],
    ['a number for a path', [{ path: 3, class: 1, test: 0 }], /annotation 1: the first field, path/],
    ['a path with a space', [{ path: 'a b.jpg', class: 1, test: 0 }], /line 1: a path without comma/],
  ])('%s is refused', async (_, rows, message) => {
    const file = matFile(structVariable('annotations', rows));
    await expect(read('cars', { [files.cars]: file })).rejects.toEqual(refusal('malformed_file', message));
  });

  test('the files of one official half, which have other fields, are refused with what was expected', async () => {
    const file = matFile(structVariable('annotations', [{ bbox_x1: 1, class: 2, fname: '00001.jpg' }]));
    const message = /annotation 1: the first field, bbox_x1, was expected to be a line of text/;
    await expect(read('cars', { [files.cars]: file })).rejects.toEqual(refusal('malformed_file', message));
  });
});

describe('sop', () => {
  const header = 'image_id class_id super_class_id path\n';

  test('the file decides the part, the header is passed over whatever it says, and test labels begin where they begin', async () => {
    const { train, test: tested } = await read('sop', {
      [files.sopTrain]: '1 9 9 this/is-not-read.JPG\n1 5 1 a/1.JPG\n',
      [files.sopTest]: `${header}1 11319 1 b/1.JPG\n2 2 1 b/2.JPG\n`,
    });
    expect(splitText(train)).toBe('Stanford_Online_Products/a/1.JPG,4\n');
    expect(splitText(tested)).toBe('Stanford_Online_Products/b/1.JPG,11318\nStanford_Online_Products/b/2.JPG,1\n');
  });

  test.each([
    [`${header}1 1 1 a/1.JPG\n\n`, /Ebay_train\.txt, line 3: four words .*fails at empty lines/],
    [`${header}1 1  1 a/1.JPG\n`, /line 2: four words/],
    [`${header}1 1 a/1.JPG\n`, /line 2: four words/],
    [`${header}1 x 1 a/1.JPG\n`, /line 2: a class number/],
  ])('%j is refused with its line and what was expected', async (text, message) => {
    const content = { [files.sopTrain]: text, [files.sopTest]: header };
    await expect(read('sop', content)).rejects.toEqual(refusal('malformed_file', message));
  });

  test('120,053 rows are read in under 2 s', { retry: 1 }, async () => {
    const rows = (count: number, first: number, classes: number): string =>
      Array.from({ length: count }, (_, i) => {
        const number = first + Math.floor((i * classes) / count);
        return `${i + 1} ${number} 1 bicycle_final/${110_000_000_000 + i}_${i % 10}.JPG\n`;
      }).join('');
    const content = {
      [files.sopTrain]: header + rows(59_551, 1, 11_318),
      [files.sopTest]: header + rows(60_502, 11_319, 11_316).replaceAll('bicycle', 'chair'),
    };
    await withDataRoot(content, async (root) => {
      const start = performance.now();
      const facts = listedFacts(await readDatasetLists(root, 'sop'));
      const seconds = (performance.now() - start) / 1000;
      expect(facts).toMatchObject({ trainingClasses: 11_318, trainingImages: 59_551, testClasses: 11_316 });
      expect(seconds).toBeLessThan(2);
    });
  });
});

describe('inshop', () => {
  const head = '5\nimage_name item_id evaluation_status\n';

  test('rows that are not three words with a known part are passed over, wherever they stand', async () => {
    const text = `${head}img/a.jpg id_2 train\n\nimg/b.jpg id_9 train extra\nimg/c.jpg id_1 validate\nimg/d.jpg id_1 train\n`;
    const { train, notes } = await read('inshop', { [files.inshop]: text });
    expect(splitText(train)).toBe('img/a.jpg,0\nimg/d.jpg,1\n');
    expect(notes).toEqual([expect.stringMatching(/3 lines .* the first is line 4/)]);
  });

  test('labels come in order of first appearance, each list from 0, and the gallery takes those of the queries', async () => {
    const rows = [
      'id_7 gallery',
      'id_3 train',
      'id_8 query',
      'id_7 query',
      'id_8 gallery',
      'id_3 query',
      'id_3 gallery',
    ];
    const text = head + rows.map((row, index) => `img/${index}.jpg ${row}  \n`).join('');
    const lists = await read('inshop', { [files.inshop]: text });
    expect(splitText(lists.train)).toBe('img/1.jpg,0\n');
    expect(splitText(lists.test)).toBe('img/2.jpg,0\nimg/3.jpg,1\nimg/5.jpg,2\n');
    expect(splitText(lists.gallery ?? [])).toBe('img/0.jpg,1\nimg/4.jpg,0\nimg/6.jpg,2\n');
  });

  test('a file without a single row is refused', async () => {
    const message = /list_eval_partition\.txt: rows of three words .* none was found in 2 lines/;
    await expect(read('inshop', { [files.inshop]: head })).rejects.toEqual(refusal('malformed_file', message));
  });
});

test.each([
  ['CUB', /CUB_200_2011\/images\.txt was expected/],
  ['Cars', /CARS196\/cars_annos\.mat was expected/],
  ['sop', /SOP\/Stanford_Online_Products\/Ebay_t.*\.txt was expected/],
  ['Inshop', /Inshop\/list_eval_partition\.txt was expected/],
])('where the files of %s are missing, it is said where they belong', async (name, message) => {
  await withDataRoot({}, async (root) => {
    await expect(readDatasetLists(root, name)).rejects.toEqual(refusal('missing_file', message));
    await expect(readDatasetLists(null, name)).rejects.toEqual(refusal('no_data_root', /needs a data root/));
  });
});

test('a folder in place of a file and a link out of the data root are refused', async () => {
  await withDataRoot({ [`${files.cub}/x`]: '' }, async (root) => {
    await expect(readDatasetLists(root, 'cub')).rejects.toEqual(refusal('missing_file', /is not a file/));
  });
  await withDataRoot({ 'secret.txt': '1 001.a/b.jpg\n' }, (outside) =>
    withDataRoot({ 'CUB_200_2011/readme': '' }, async (root) => {
      await symlink(path.join(outside, 'secret.txt'), path.join(root, files.cub));
      await expect(readDatasetLists(root, 'cub')).rejects.toEqual(refusal('outside_data_root', /leads out/));
    }),
  );
});

test('the catalogue lists data sets of the paper by name where their folder is, and what is wrong with them', async () => {
  const cub = Array.from({ length: 200 }, (_, i) => `${i + 1} ${String(i + 1).padStart(3, '0')}.a/b.jpg\n`).join('');
  await withDataRoot({ [files.cub]: cub, [files.inshop]: 'nothing', 'own/images/a/1.png': '' }, async (root) => {
    const listed = await new KnownDatasets({ cacheFolder: null }).list(root);
    expect(listed.map(({ name, problem }) => [name, problem === null])).toEqual([
      ['shapes', true],
      ['cub', true],
      ['inshop', false],
      ['own', false],
    ]);
  });
});

test.runIf(canWatch())('facts are remembered until a file of the lists changes', async () => {
  const classes = (count: number): string =>
    Array.from({ length: count }, (_, i) => `${i + 1} ${String(i + 1).padStart(3, '0')}.a/b.jpg\n`).join('');
  await withDataRoot({ [files.cub]: classes(150), [imageOfCub]: 'an image' }, async (root) => {
    const datasets = new KnownDatasets({ cacheFolder: null });
    const describeCub = (name: string, division: Division = 'paper') => datasets.describe(root, name, division);
    const file = path.join(root, files.cub);
    const first = await describeCub('cub');
    expect(first).toMatchObject({ name: 'cub', testClasses: 50 });
    const { scans } = datasets.counts();
    expect(await describeCub('CUB')).toBe(first);
    expect((await describeCub('cub', 'validation')).testClasses).toBe(30);
    const fold = await describeCub('cub', { folds: 5, fold: 1 });
    expect(fold).toMatchObject({ trainingClasses: 80, testClasses: 20 });
    expect(fold.dataSha256).not.toBe((await describeCub('cub', { folds: 5, fold: 2 })).dataSha256);
    expect(datasets.counts().scans).toBe(scans);
    await writeFile(file, classes(160));
    expect((await describeCub('cub')).testClasses).toBe(60);
    await writeFile(path.join(root, imageOfCub), 'an image?');
    expect((await describeCub('cub')).dataSha256).not.toBe(first.dataSha256);
    await rm(file);
    await expect(describeCub('cub')).rejects.toEqual(refusal('missing_file', /was expected/));
    datasets.close();
  });
});
