import { describe, expect, it } from 'vitest';
import type { Experiment } from '../src/api/types.ts';
import { compareBy, comparisonCsv } from '../src/compare/comparison-csv.ts';
import { differingFields, shareExplained } from '../src/compare/differing-fields.ts';
import { groupLines } from '../src/compare/group-lines.ts';

const run = (seed: number, secWei: number, recall?: number): Experiment =>
  ({
    id: `run ${seed}, ${secWei}`,
    status: 'succeeded',
    name: null,
    config: { dataset: 'shapes', loss: 'ms', lr: 0.1, sec_wei: secWei, seed, name: `n${seed}`, tags: [] },
    result: recall === undefined ? null : { last: { metrics: { recall_at_1: recall } } },
  }) as unknown as Experiment;
const runs = [run(0, 0, 0.4), run(1, 0, 0.42), run(0, 0.5, 0.6), run(1, 0.5, 0.62), run(2, 0.5)];

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
