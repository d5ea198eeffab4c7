import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { goldenRoot } from '../../../test/golden-reader.ts';
import type { MatValue } from '../src/mat-file/mat-value.ts';
import { matVariable } from '../src/mat-file/mat-variable.ts';
import { cubLists } from '../src/paper/cub-lists.ts';
import { paperDataset } from '../src/paper/paper-dataset.ts';
import { realDataFolder, withDataRoot } from './data-root.ts';
import { compressed, matFile, structVariable } from './mat-writer.ts';

const realData = realDataFolder();
const rows = [
  { name: 'one', size: 1.5 },
  { name: 'zwölf', size: -2 },
];

function textsOf(value: MatValue | undefined): string {
  return value?.kind === 'text' ? value.text : '';
}

test('structs with text and numbers are read, compressed or not, beside other variables', () => {
  const first = structVariable('first', [{ a: 1 }]);
  const plain = matVariable('x.mat', matFile(first, structVariable('second', rows)), 'second');
  const packed = matVariable('x.mat', matFile(compressed(first), compressed(structVariable('second', rows))), 'second');
  expect(packed).toEqual(plain);
  if (plain.kind !== 'structs') throw new Error(`structs were expected, not ${plain.kind}`);
  expect(plain.dims).toEqual([1, 2]);
  expect(plain.fields).toEqual(['name', 'size']);
  expect(plain.rows.map(([name]) => textsOf(name))).toEqual(['one', 'zwölf']);
  expect(plain.rows.map(([, size]) => size?.kind === 'numbers' && Array.from(size.numbers, Number))).toEqual([
    [1.5],
    [-2],
  ]);
});

test.each([
  ['text', Buffer.from('1 001.a/b.jpg\n'.repeat(20)), /a MATLAB 5 file was expected/],
  ['nothing', Buffer.alloc(0), /the file has 0 bytes/],
  ['a file of version 7.3', Buffer.from('MATLAB 7.3 MAT-file'.padEnd(512)), /not version 7\.3/],
  ['a file without the variable', matFile(structVariable('b', rows)), /"a" was expected; the file has b/],
])('%s is refused', (_, bytes, message) => {
  expect(() => matVariable('x.mat', bytes, 'a')).toThrow(message);
});

test('big endian is refused', () => {
  const file = matFile(structVariable('a', rows));
  file.write('MI', 126);
  expect(() => matVariable('x.mat', file, 'a')).toThrow(/little endian/);
});

test('cells are read: the class names beside the golden annotations', () => {
  const file = path.join(goldenRoot(), 'splits', 'datasets', 'CARS196', 'cars_annos.mat');
  const names = matVariable(file, readFileSync(file), 'class_names');
  if (names.kind !== 'cells') throw new Error(`cells were expected, not ${names.kind}`);
  expect(names.dims).toEqual([1, names.cells.length]);
  for (const cell of names.cells) expect(textsOf(cell)).not.toBe('');
});

describe.skipIf(realData === null)('real annotation files', () => {
  const folder = path.join(realData ?? '', 'metadata');
  const real = (name: string, variable: string): MatValue =>
    matVariable(name, readFileSync(path.join(folder, 'cars', name)), variable);

  test('the two official halves of Cars196 have 16,185 pictures, and the paper halves them 8,054 to 8,131', () => {
    const classes = ['cars_train_annos.mat', 'cars_test_annos_withlabels.mat'].flatMap((name) => {
      const annotations = real(name, 'annotations');
      if (annotations.kind !== 'structs') throw new Error(`structs were expected, not ${annotations.kind}`);
      const at = annotations.fields.indexOf('class');
      return annotations.rows.map((row) => {
        const value = row[at];
        return value?.kind === 'numbers' ? Number(value.numbers[0]) : Number.NaN;
      });
    });
    expect(classes).toHaveLength(16_185);
    expect(new Set(classes).size).toBe(196);
    expect(classes.filter((number) => number <= 98)).toHaveLength(8_054);
  });

  test('class names and file names are read', () => {
    const names = real('cars_meta.mat', 'class_names');
    expect(names.kind === 'cells' && names.cells.length).toBe(196);
    expect(names.kind === 'cells' && textsOf(names.cells[0])).toBe('AM General Hummer SUV 2000');
    const unlabelled = real('cars_test_annos.mat', 'annotations');
    expect(unlabelled.kind === 'structs' && textsOf(unlabelled.rows.at(-1)?.at(-1))).toBe('08041.jpg');
  });

  test('the real list of CUB has the published sizes', async () => {
    const images = readFileSync(path.join(folder, 'cub', 'images.txt'));
    await withDataRoot({ 'CUB_200_2011/images.txt': images }, async (root) => {
      const { train, test: tested } = await cubLists(root);
      const expected = paperDataset('cub')?.expected;
      expect([train.length, tested.length]).toEqual([expected?.train.images, expected?.test.images]);
    });
  });
});
