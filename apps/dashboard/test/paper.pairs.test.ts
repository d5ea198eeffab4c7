import { expect, test } from 'vitest';
import { paperPairs } from '../src/paper/paper-pairs.ts';

const difference = {
  n: 2,
  mean: 0.01,
  sd: 0.001,
  ci95: null,
  verdict: 'higher',
  text: '+1.0 points, 2 pairs',
} as const;

test('a cell with a regulariser stands beside its loss without it, by the weight that the published cell has', () => {
  const row = { dataset: 'cub', loss: 'ms', minus_plain: { recall_at_1: difference } } as const;
  const pairs = paperPairs([
    { ...row, regulariser: 'none', request: { dataset: 'cub' }, minus_plain: {} },
    { ...row, regulariser: 'sec', request: { dataset: 'cub', sec_wei: 0.5 } },
    { ...row, regulariser: 'l2reg', request: { dataset: 'cub', l2reg_wei: 1e-4 }, minus_plain: {} },
  ]);
  expect(pairs).toEqual([
    {
      field: 'sec_wei',
      baseline: { sec_wei: 0, dataset: 'cub', loss: 'ms' },
      treatment: { sec_wei: 0.5, dataset: 'cub', loss: 'ms' },
      metrics: { recall_at_1: difference },
    },
  ]);
});
