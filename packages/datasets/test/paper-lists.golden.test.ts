import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { goldenRoot, readGolden } from '../../../test/golden-reader.ts';
import { listedFacts } from '../src/dataset-facts.ts';
import { readDatasetLists } from '../src/dataset-lists.ts';
import { classSizes, type ImageList } from '../src/image-list.ts';
import { paperDataset, paperLayouts } from '../src/paper/paper-dataset.ts';
import type { PaperLists } from '../src/paper/paper-lists.ts';
import { splitText } from '../src/paper/split-text.ts';
import { withDataRoot } from './data-root.ts';

type ListName = 'train' | 'test' | 'query' | 'gallery';
type GoldenList = {
  readonly text: string;
  readonly count: number;
  readonly num_classes: number;
  readonly root: string;
  readonly paths: readonly string[];
  readonly labels: readonly (number | string)[];
  readonly label_index: Readonly<Record<string, readonly number[]>>;
  readonly label_order: readonly string[];
};
type Manifest = {
  readonly root: string;
  readonly datasets: Readonly<Record<string, Readonly<Partial<Record<ListName, GoldenList>>>>>;
  readonly inshop_gallery_without_query: {
    readonly list_file: string;
    readonly text: Readonly<Record<'train' | 'query' | 'gallery', string>>;
  };
};

const { manifest } = readGolden<Manifest>('splits');
const dataRoot = path.join(goldenRoot(), 'splits', manifest.root);
const cases = Object.entries(manifest.datasets).flatMap(([name, lists]) =>
  Object.entries(lists).map(([part, golden]) => ({ name, part: part as ListName, golden })),
);

function partOf(lists: Pick<PaperLists, 'train' | 'test' | 'gallery'>, part: ListName): ImageList {
  const list = { train: lists.train, test: lists.test, query: lists.test, gallery: lists.gallery }[part];
  if (list === null) throw new Error(`there is no ${part} list`);
  return list;
}

test('the golden data has every data set of the paper', () => {
  expect(Object.keys(manifest.datasets).map((name) => paperDataset(name))).toEqual([...paperLayouts]);
});

describe.each(cases)('the $part list of $name', ({ name, part, golden }) => {
  test('is the text that the reference writes', async () => {
    const lists = await (paperDataset(name) as (typeof paperLayouts)[number]).readLists(dataRoot);
    expect(splitText(partOf(lists, part))).toBe(golden.text);
    expect(lists.notes).toEqual([]);
  });

  test('has its paths, labels and classes in order', async () => {
    const lists = await readDatasetLists(dataRoot, name);
    const list = partOf(lists, part);
    expect(list.map((entry) => entry.path)).toEqual(golden.paths);
    expect(list.map(({ label }) => String(label))).toEqual(golden.labels.map(String));
    expect([...classSizes(list).keys()].map(String)).toEqual(golden.label_order);
    expect(list).toHaveLength(golden.count);
    for (const [label, indices] of Object.entries(golden.label_index)) {
      expect(list.flatMap((entry, index) => (String(entry.label) === label ? [index] : []))).toEqual(indices);
    }
    for (const entry of list) expect(() => readFileSync(path.join(lists.folder as string, entry.path))).not.toThrow();
  });
});

test.each(Object.keys(manifest.datasets))('facts and protocol validation work for %s in any case', async (name) => {
  const lists = await readDatasetLists(dataRoot, name.toUpperCase());
  expect(lists.name).toBe(name.toLowerCase());
  expect(listedFacts(lists).trainingClasses).toBe(manifest.datasets[name]?.train?.num_classes);
  const classes = [...classSizes(lists.train).keys()];
  if (classes.length < 4) {
    await expect(readDatasetLists(dataRoot, name, 'validation')).rejects.toMatchObject({ code: 'too_few_classes' });
    return;
  }
  const validation = await readDatasetLists(dataRoot, name, 'validation');
  expect(new Set([...validation.train, ...validation.test])).toEqual(new Set(lists.train));
  expect(validation.gallery).toBeNull();
});

test('the gallery of In-Shop ends before the first row whose item no query has', async () => {
  const { list_file: file, text } = manifest.inshop_gallery_without_query;
  const partition = readFileSync(path.join(goldenRoot(), 'splits', file));
  await withDataRoot({ 'Inshop/list_eval_partition.txt': partition }, async (root) => {
    const lists = await (paperDataset('inshop') as (typeof paperLayouts)[number]).readLists(root);
    expect(splitText(lists.train)).toBe(text.train);
    expect(splitText(lists.test)).toBe(text.query);
    expect(splitText(lists.gallery as ImageList)).toBe(text.gallery);
    expect(lists.notes.join()).toMatch(/line \d+: no query has item .*, so the gallery ends before it/);
    // Evaluation would fail, in the reference too: a query's class is not in the gallery.
    await expect(readDatasetLists(root, 'Inshop')).rejects.toMatchObject({
      code: 'query_without_gallery',
      message: expect.stringContaining('the gallery ends before it'),
    });
  });
});
