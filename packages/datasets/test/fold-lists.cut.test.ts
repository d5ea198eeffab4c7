import { describe, expect, test } from 'vitest';
import { foldLists } from '../src/fold-lists.ts';
import type { DatasetLists, ImageEntry } from '../src/image-list.ts';
import { shapesLists } from '../src/shapes/shapes-lists.ts';

/** Lists of so many training classes, two images each in turn, and three test classes. */
function listsOf(classes: number): DatasetLists {
  const images = (labels: readonly number[]): ImageEntry[] =>
    ['1', '2'].flatMap((image) => labels.map((label) => ({ path: `${label}/${image}.png`, label })));
  return {
    name: 'made',
    kind: 'folder',
    folder: '/made',
    sources: [],
    train: images([...Array(classes).keys()]),
    test: images([classes, classes + 1, classes + 2]),
    gallery: null,
  };
}

const labelsOf = (list: readonly ImageEntry[]) => [...new Set(list.map(({ label }) => label))];

describe('the folds of k-fold validation', () => {
  test.each([
    [2, 4],
    [5, 23],
    [10, 40],
    [20, 97],
  ])(
    '%i folds of %i classes are disjoint, cover the training classes and differ by one class at most',
    (folds, classes) => {
      const lists = listsOf(classes);
      const parts = [...Array(folds).keys()].map((fold) => foldLists(lists, folds, fold));
      const heldOut = parts.map(({ test: list }) => labelsOf(list));
      expect(heldOut.flat().sort((a, b) => a - b)).toEqual([...Array(classes).keys()]);
      const sizes = heldOut.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      for (const [fold, { train, test: evaluated, gallery }] of parts.entries()) {
        const trained = labelsOf(train);
        expect(trained.filter((label) => heldOut[fold]?.includes(label))).toEqual([]);
        expect([...train, ...evaluated].map(({ path }) => path).sort()).toEqual(
          lists.train.map(({ path }) => path).sort(),
        );
        // In the order of the list, as everything is that is embedded and hashed.
        expect(evaluated).toEqual(lists.train.filter(({ label }) => heldOut[fold]?.includes(label)));
        expect(gallery).toBeNull();
      }
    },
  );

  test('is always the same cut, and mixes the classes', () => {
    const heldOut = [0, 1, 2].map((fold) => labelsOf(foldLists(listsOf(12), 3, fold).test));
    // Drawn once, on 2026-11-26: another cut would give every stored fold another meaning.
    expect(heldOut).toEqual([
      [0, 2, 5, 8],
      [1, 4, 7, 9],
      [3, 6, 10, 11],
    ]);
  });

  test('of shapes hold out classes that are not neighbours alone', () => {
    const { test: evaluated } = foldLists(shapesLists(), 4, 0);
    const labels = labelsOf(evaluated);
    expect(labels.some((label, at) => at > 0 && label !== (labels[at - 1] as number) + 1)).toBe(true);
  });

  test('need two classes in each part', () => {
    expect(() => foldLists(listsOf(9), 5, 0)).toThrow(
      expect.objectContaining({
        code: 'too_few_classes',
        field: 'folds',
        message: 'data set made has 9 training classes; 5 folds need at least 10, 2 in each',
      }),
    );
  });
});
