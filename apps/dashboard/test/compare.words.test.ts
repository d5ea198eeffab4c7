import { describe, expect, it } from 'vitest';
import type { Experiment } from '../src/api/types.ts';
import { compareBy, comparisonCsv } from '../src/compare/comparison-csv.ts';
import { differingFields, shareExplained } from '../src/compare/differing-fields.ts';
import { groupLines } from '../src/compare/group-lines.ts';
import { valueAxis } from '../src/compare/value-axis.ts';
import { fieldsToTell, listColumn, titleKey } from '../src/experiments/list-columns.ts';
import { isWithin } from '../src/sweeps/brushes.ts';
import { verdictText } from '../src/sweeps/pair-verdicts.ts';

const run = (seed: number, secWei: number, recall?: number): Experiment =>
  ({
    id: `run ${seed}, ${secWei}`,
    status: 'succeeded',
    name: null,
    config: { dataset: 'shapes', loss: 'ms', lr: 0.1, sec_wei: secWei, seed, name: `n${seed}`, tags: [] },
    result: recall === undefined ? null : { last: { metrics: { recall_at_1: recall } } },
  }) as unknown as Experiment;
const runs = [run(0, 0, 0.4), run(1, 0, 0.42), run(0, 0.5, 0.6), run(1, 0.5, 0.62), run(2, 0.5)];

describe('places along an axis', () => {
  it('are those of numbers, of their logarithm over several powers of ten, of words at equal distances', () => {
    const { place, ticks } = valueAxis(runs, 'sec_wei');
    expect(runs.map(place)).toEqual([0, 0, 1, 1, 1]);
    expect(ticks.map(([text]) => text)).toEqual(['0', '0.1', '0.2', '0.3', '0.4', '0.5']);
    const rates = [1e-4, 1e-3, 1e-2].map((lr) => ({ ...run(0, 0, 0.5), config: { lr } }) as unknown as Experiment);
    const byRate = valueAxis(rates, 'lr');
    expect(rates.map((one) => byRate.place(one)?.toFixed(6))).toEqual(['0.000000', '0.500000', '1.000000']);
    expect(byRate.ticks.map(([text]) => text)).toEqual(['10⁻⁴', '0.001', '0.01']);
    const words = ['a', 'b', 'c'].map((loss) => ({ ...run(0, 0), config: { loss } }) as unknown as Experiment);
    expect(words.map(valueAxis(words, 'loss').place)).toEqual([0, 0.5, 1]);
    expect(valueAxis(runs, 'recall_at_1').place(runs[4] as Experiment)).toBeNull();
    expect(valueAxis([runs[0] as Experiment], 'recall_at_1').place(runs[0] as Experiment)).toBe(0.5);
  });

  it('that are chosen hold the runs within all of them; ends belong to it', () => {
    const axes = [
      { name: 'a', place: (one: Experiment) => Number(one.config.sec_wei) },
      { name: 'R@1', place: (one: Experiment) => (one.result === null ? null : Number(one.config.seed)) },
    ];
    const chosen = (brushes: Parameters<typeof isWithin>[1]) => runs.map((one) => isWithin(axes, brushes, one));
    expect(chosen({})).toEqual([true, true, true, true, true]);
    expect(chosen({ a: [0.005, 0.3] })).toEqual([true, true, false, false, false]);
    expect(chosen({ a: [0.4, 1], 'R@1': [0.5, 1] })).toEqual([false, false, false, true, false]);
  });
});

describe('rows of the list', () => {
  const one = (config: object): Experiment =>
    ({ name: null, config: { dataset: 'shapes', loss: 'ms', seed: 0, ...config } }) as unknown as Experiment;

  it('tell in what those with the same title differ, but not what follows from that or stands in a column', () => {
    const rows = [one({ lr: 0.1, lr_p: 0.01 }), one({ lr: 0.2, lr_p: 0.02 }), one({ loss: 'triplet', lr: 0.3 })];
    const told = fieldsToTell(rows, []);
    expect(rows.map((row) => told.get(titleKey(row)))).toEqual([['lr'], ['lr'], []]);
    expect(fieldsToTell(rows, [listColumn('lr')]).get(titleKey(rows[0] as Experiment))).toEqual(['lr_p']);
  });
});

describe('pairs of a sweep', () => {
  const pair = (verdict: string) => ({ metrics: { nmi: { verdict } } }) as never;

  it('are summed up in a sentence', () => {
    expect(verdictText([pair('higher')], 'nmi')).toBe('higher in the one row');
    expect(verdictText([pair('higher'), pair('higher')], 'nmi')).toBe('higher in all 2 rows');
    expect(verdictText([pair('within noise'), pair('lower'), pair('higher')], 'nmi')).toBe(
      'higher in 1 of 3 rows, lower in 1, within noise in 1',
    );
    expect(verdictText([pair('one pair'), pair('one pair')], 'nmi')).toBe(
      'one pair of runs in all 2 rows: no interval yet',
    );
  });
});

describe('runs side by side', () => {
  it('differ in these fields, in the order of the config; labels are none', () => {
    expect(differingFields(runs)).toEqual(['sec_wei', 'seed']);
    expect(differingFields(runs.slice(0, 1))).toEqual([]);
  });

  it('say how much of the spread goes with a field: between its means, over all', () => {
    expect(shareExplained(runs, 'sec_wei', 'recall_at_1')).toBeCloseTo(0.04 / 0.0404, 6);
    expect(shareExplained(runs, 'seed', 'recall_at_1')).toBeCloseTo(0.0004 / 0.0404, 6);
    expect(shareExplained(runs, 'lr', 'recall_at_1')).toBeNull();
    expect(shareExplained(runs, 'sec_wei', 'nmi')).toBeNull();
    expect(shareExplained([run(0, 0, 0.1), run(1, 1, 0.2), run(2, 2, 0.3)], 'seed', 'recall_at_1')).toBeNull();
  });

  it('are a table, best first, with those that have no value last', () => {
    const sorted = runs.toSorted((a, b) => compareBy('recall_at_1', a, b));
    expect(sorted.map(({ id }) => id)).toEqual(['run 1, 0.5', 'run 0, 0.5', 'run 1, 0', 'run 0, 0', 'run 2, 0.5']);
    expect(comparisonCsv(sorted, ['sec_wei', 'seed']).split('\n').slice(0, 2)).toEqual([
      'id,status,sec_wei,seed,recall_at_1,map_at_r,nmi,ami,f1,norm_cv',
      '"run 1, 0.5",succeeded,0.5,1,0.62,,,,,',
    ]);
  });

  it('are drawn each, or as the mean over what a field groups, between the ends of its interval', () => {
    const measured = runs.slice(0, 4).map((one, at) => ({
      run: one,
      points: [
        [-1, 0.1] as const,
        [9, [0.4, 0.42, 0.6, 0.62][at] as number] as const,
        ...(at === 0 ? [[12, 0.5] as const] : []),
      ],
    }));
    expect(groupLines(measured, '', 'light')).toHaveLength(4);
    const lines = groupLines(measured, 'sec_wei', 'light');
    const drawn = lines.filter(({ isFaint }) => !isFaint);
    expect(drawn.map(({ name }) => name)).toEqual(['sec_wei 0, mean of 2', 'sec_wei 0.5, mean of 2']);
    expect(drawn[0]?.points.map(([step]) => step)).toEqual([-1, 9]);
    expect(drawn[0]?.points[1]?.[1]).toBeCloseTo(0.41, 12);
    const [lower, upper] = lines.filter(({ isFaint }) => isFaint);
    expect(lower?.points[1]?.[1]).toBeLessThan(0.41);
    expect(upper?.points[1]?.[1]).toBeGreaterThan(0.41);
  });
});
