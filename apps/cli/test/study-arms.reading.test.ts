import { describe, expect, test } from 'vitest';
import { readArms, readSpace } from '../src/flags/study-arms.ts';

describe('arms of a study, as typed', () => {
  test('by name, which the API writes out', () => {
    expect(readArms('plain,sec')).toEqual(['plain', 'sec']);
  });

  test('by fields, with values of the kind that each field has', () => {
    expect(readArms('small:embedding_dim=8,other:loss=ms+need_bn=false')).toEqual([
      { name: 'small', set: { embedding_dim: 8 } },
      { name: 'other', set: { loss: 'ms', need_bn: false } },
    ]);
  });

  test('spaces are ranges or lists; from zero a range is linear', () => {
    expect(readSpace(['lr=1e-4..1e-2', 'margin=0..1', 'loss=triplet,ms'])).toEqual({
      lr: { low: 1e-4, high: 1e-2, scale: 'log' },
      margin: { low: 0, high: 1, scale: 'linear' },
      loss: ['triplet', 'ms'],
    });
  });

  test.each([
    ['', () => readArms('')],
    ['an arm without fields', () => readArms('plain,a:')],
    ['a pair without a value', () => readArms('a:lr')],
    ['a space without values', () => readSpace(['lr'])],
  ])('what cannot be read is told with how to write it: %s', (_, read) => {
    expect(read).toThrow(/write|is not field=value/);
  });
});
