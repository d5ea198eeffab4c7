import type { LossName } from '@spherelab/catalogue';
import { describe, expect, it } from 'vitest';
import { BatchCompositionError, batchLayout } from '../src/index.ts';

function layout(labels: number[], loss: LossName, instances: number) {
  return batchLayout(Int32Array.from(labels), loss, instances);
}

describe('a layout', () => {
  it('numbers classes in ascending order of the labels and lists the other rows of each class', () => {
    const { classes, positives, width, firsts, seconds } = layout([9, -4, 9, -4, 2, 2], 'triplet', 2);
    expect([...classes]).toEqual([2, 0, 2, 0, 1, 1]);
    expect(width).toBe(1);
    expect([...positives]).toEqual([2, 3, 0, 1, 5, 4]);
    expect([...firsts]).toEqual([1, 4, 0]);
    expect([...seconds]).toEqual([3, 5, 2]);
  });

  it('pads classes of fewer rows with -1', () => {
    const { positives, width, seconds } = layout([1, 1, 1, 0], 'semihtriplet', 3);
    expect(width).toBe(2);
    expect([...positives]).toEqual([1, 2, 0, 2, 0, 1, -1, -1]);
    expect([...seconds]).toEqual([-1, 1]);
  });
});

describe('a batch that the loss cannot take is refused before the step', () => {
  const refused: [string, number[], LossName, number, string, string | number, string][] = [
    [
      'another count than instances',
      [1, 1, 1, 2, 2, 2],
      'triplet',
      2,
      'labels',
      '2 classes of 3 rows',
      '2 or more classes of exactly 2 rows each',
    ],
    [
      'unequal classes',
      [1, 1, 1, 2, 2],
      'triplet',
      3,
      'labels',
      '2 classes of 3, 2 rows',
      '2 or more classes of exactly 3 rows each',
    ],
    ['one class', [1, 1, 1], 'triplet', 3, 'labels', '1 class of 3 rows', '2 or more classes of exactly 3 rows each'],
    ['one instance', [1, 2, 3], 'triplet', 1, 'instances', 1, '2 or more'],
    [
      'no second row',
      [1, 2, 3],
      'n-npair',
      1,
      'labels',
      '3 classes of 1 rows',
      'classes of the same size, 2 or more rows each',
    ],
    [
      'unequal classes for n-npair',
      [1, 1, 1, 2, 2],
      'n-npair',
      2,
      'labels',
      '2 classes of 3, 2 rows',
      'classes of the same size, 2 or more rows each',
    ],
    ['an empty batch', [], 'ms', 2, 'labels', 'empty', '1 or more rows'],
  ];
  it.each(refused)('%s', (_, labels, loss, instances, field, value, allowed) => {
    const attempt = () => layout(labels, loss, instances);
    expect(attempt).toThrow(BatchCompositionError);
    expect(attempt).toThrow(`${loss}: ${field} is ${value}; allowed: ${allowed}`);
    expect(attempt).toThrow(expect.objectContaining({ field, value, allowed, retryable: false }));
  });

  it.each(['semihtriplet', 'ms'] as const)('%s takes classes of any size, as the reference', (loss) => {
    expect(() => layout([1, 1, 1, 2, 3, 3], loss, 3)).not.toThrow();
  });

  it('n-npair takes three rows of each class although it uses two', () => {
    expect(() => layout([1, 1, 1, 2, 2, 2], 'n-npair', 2)).not.toThrow();
  });
});
