import { describe, expect, it } from 'vitest';
import { deviation } from '../../../test/golden-reader.ts';
import { equalsNaiveLoops, type NaiveLoss } from './equals-naive-loops.ts';
import { dot, mean, meanOfPositive, negativesOf, pairsOf, positivesOf, type Row, sum, unitRows } from './naive-rows.ts';
import { metricLossOf } from './objective-of.ts';
import { randomBatch, rowsOf } from './random-batch.ts';

const supcon: NaiveLoss<'supcon'> = (rows, { temperature }) =>
  meanOfPositive(
    rows.map((anchor) => {
      const weight = (row: Row): number => Math.exp(dot(anchor.x, row.x) / temperature);
      const all = sum(rows.filter(({ index }) => index !== anchor.index).map(weight));
      return mean(positivesOf(anchor, rows).map((p) => -Math.log(weight(p) / all)));
    }),
  );

equalsNaiveLoops('supcon', supcon, [{ temperature: 0.5 }, { temperature: 0.02 }]);

/** Chen et al.'s loss of one positive against all others, for both rows of each pair. */
function ntXent(rows: readonly Row[], temperature: number): number {
  return mean(
    pairsOf(rows).map(([a, p]) => {
      const weight = (row: Row): number => Math.exp(dot(a.x, row.x) / temperature);
      return -Math.log(weight(p) / (weight(p) + sum(negativesOf(a, rows).map(weight))));
    }),
  );
}

describe('supcon on pairs', () => {
  it.each([0.07, 0.5])('is NT-Xent, temperature %d', (temperature) => {
    const batch = randomBatch({ classes: 6, instances: 2, dim: 5 }, 4);
    const rows = unitRows(rowsOf(batch)).map((x, index) => ({ x, index, label: batch.labels[index] as number }));
    const actual = metricLossOf(batch, { name: 'supcon', temperature }).scalars.loss_metric;
    expect(deviation(actual, ntXent(rows, temperature), { relative: 1e-5 })).toBeNull();
  });
});
