import type { Experiment } from '@spherelab/db';
import { describe, expect, test } from 'vitest';
import { pairLines } from '../src/tables/pair-text.ts';
import { sweepTable } from '../src/tables/sweep-table.ts';

type Made = { readonly config: object; readonly recall: number; readonly data?: string; readonly age?: number };

/** As much of a run that succeeded as a table reads. */
function ran({ config, recall, data = 'd', age = 0 }: Made): Experiment {
  return {
    id: JSON.stringify([config, age]),
    status: 'succeeded',
    config: { seed: 0, ...config },
    result: { last: { step: 9, metrics: { recall_at_1: recall, train_recall_at_1: 1 } } },
    environment: { numerics: 'n', data_sha256: data },
    created_at: new Date(1_000_000 - age),
  } as unknown as Experiment;
}

function overSeeds(config: object, recalls: readonly number[]): Experiment[] {
  return recalls.map((recall, seed) => ran({ config: { ...config, seed }, recall }));
}

describe('rows of a sweep beside their baseline', () => {
  const base = [0.5, 0.52, 0.51, 0.49, 0.5, 0.53];
  const more = base.map((value, seed) => value + 0.018 + (seed % 3) / 1_000);

  test('sec_wei 0 is the baseline wherever it stands in the grid, and the words say what the interval allows', () => {
    const runs = [...overSeeds({ sec_wei: 0.5 }, more), ...overSeeds({ sec_wei: 0 }, base)];
    const table = sweepTable(runs, ['sec_wei', 'seed'], 'last');
    expect(table.pairs).toMatchObject([
      {
        field: 'sec_wei',
        baseline: { sec_wei: 0 },
        treatment: { sec_wei: 0.5 },
        metrics: {
          recall_at_1: {
            n: 6,
            mean: expect.closeTo(0.019, 12),
            verdict: 'higher',
            text: '+1.9 points [1.8, 2.0], 6 pairs',
          },
        },
      },
    ]);
    expect(Object.keys(table.pairs[0]?.metrics ?? {})).toEqual(['recall_at_1']);
    expect(pairLines(table)).toEqual([['sec_wei 0.5', 'sec_wei 0', '+1.9 points [1.8, 2.0], 6 pairs']]);
    const noisy = [...overSeeds({ sec_wei: 0.5 }, [0.51, 0.49]), ...overSeeds({ sec_wei: 0 }, [0.5, 0.5])];
    expect(pairLines(sweepTable(noisy, ['sec_wei', 'seed'], 'last'))).toEqual([
      ['sec_wei 0.5', 'sec_wei 0', 'within noise: 0.0 points [-12.7, 12.7], 2 pairs'],
    ]);
  });

  test('of other fields the first value is the baseline; rows that differ in two fields are no pair', () => {
    const grid = ['loss', 'sec_wei', 'seed'];
    const runs = ['ms', 'triplet'].flatMap((loss) =>
      [0, 1].flatMap((weight) => overSeeds({ loss, sec_wei: weight }, [0.5 + weight / 10])),
    );
    const { pairs } = sweepTable(runs, grid, 'last');
    expect(pairs.map(({ baseline, treatment }) => [Object.values(baseline), Object.values(treatment)])).toEqual([
      [
        ['ms', 0],
        ['triplet', 0],
      ],
      [
        ['ms', 1],
        ['triplet', 1],
      ],
      [
        ['ms', 0],
        ['ms', 1],
      ],
      [
        ['triplet', 0],
        ['triplet', 1],
      ],
    ]);
  });

  test('a seed that ran again counts once, with its newest run', () => {
    const runs = [
      ran({ config: { sec_wei: 0 }, recall: 0.6 }),
      ran({ config: { sec_wei: 0 }, recall: 0.1, age: 500 }),
      ran({ config: { sec_wei: 1 }, recall: 0.7 }),
    ];
    const { rows, pairs } = sweepTable(runs, ['sec_wei'], 'last');
    expect(rows[0]).toMatchObject({ n: 1, total: 2, metrics: { recall_at_1: { n: 1, mean: 0.6 } } });
    expect(pairs[0]?.metrics.recall_at_1?.mean).toBeCloseTo(0.1, 12);
  });

  test('what was evaluated on other images is no pair', () => {
    const runs = [
      ran({ config: { sec_wei: 0 }, recall: 0.6 }),
      ran({ config: { sec_wei: 1 }, recall: 0.7, data: 'other' }),
    ];
    expect(sweepTable(runs, ['sec_wei'], 'last').pairs).toEqual([]);
    const datasets = ['shapes', 'emoji'].map((dataset) => ran({ config: { dataset }, recall: 0.6 }));
    expect(sweepTable(datasets, ['dataset'], 'last').pairs).toEqual([]);
  });
});

describe('rows of k-fold validation', () => {
  test('hold the runs of all seeds and folds, and pair those of the same seed and fold', () => {
    const cells = [0, 1].flatMap((weight) =>
      [0, 1].flatMap((seed) => [0, 1, 2].map((fold) => ({ sec_wei: weight, folds: 3, seed, fold }))),
    );
    const runs = cells.map((config) =>
      ran({
        config,
        recall: 0.5 + config.fold / 10 + config.seed / 100 + config.sec_wei * (0.02 + config.fold / 1_000),
        data: `fold ${config.fold}`,
      }),
    );
    const table = sweepTable(runs, ['sec_wei', 'fold', 'seed'], 'last');
    expect(table.fields).toEqual(['sec_wei']);
    expect(table.rows).toMatchObject([
      { n: 6, total: 6, mixed: false },
      { n: 6, total: 6, mixed: false },
    ]);
    expect(table.pairs).toHaveLength(1);
    expect(table.pairs[0]?.metrics.recall_at_1).toMatchObject({
      n: 6,
      mean: expect.closeTo(0.021, 12),
      verdict: 'higher',
    });
  });
});
