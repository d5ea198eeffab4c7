import { type LossConstantsOf, type LossName, lossRecord } from '@spherelab/catalogue';
import { describe, expect, it } from 'vitest';
import { deviation, maxAbsDifference } from '../../../test/golden-reader.ts';
import { lossSettings } from '../../../test/loss-settings.ts';
import { numericalGradient, type Row, type Rows, unitRows } from './naive-rows.ts';
import { metricLossOf } from './objective-of.ts';
import { proxiesFor, randomBatch, rowsOf } from './random-batch.ts';

/**
 * The formula of a loss as loops: normalised rows, constants, normalised proxies (none for most losses), and the rows
 * from which it takes what is constant to the gradient: the same in the same order, but not moved with the others.
 */
export type NaiveLoss<L extends LossName> = (
  rows: readonly Row[],
  constants: LossConstantsOf<L>,
  proxies: Rows,
  unmoved: readonly Row[],
) => number;

const shapes = [
  { classes: 4, instances: 3, dim: 6, spread: 1 },
  { classes: 5, instances: 2, dim: 3, spread: 2 },
  { classes: 3, instances: 5, dim: 8, spread: 0.4 },
];

/**
 * The tests that a loss equals its formula written as loops in float64, in value and gradient, with the constants of the
 * catalogue and with `others`.
 */
export function equalsNaiveLoops<L extends LossName>(
  name: L,
  naive: NaiveLoss<L>,
  others: readonly LossConstantsOf<L>[],
): void {
  const settings = [lossSettings[name], ...others.map((constants) => ({ name, ...constants }))];
  const cases = settings.flatMap((loss) =>
    shapes.map((shape, seed) => ({ loss, shape, seed, title: `${JSON.stringify(loss)} on ${JSON.stringify(shape)}` })),
  );
  describe(`${name} equals its formula written as loops in float64`, () => {
    it.each(cases)('$title', ({ loss, shape, seed }) => {
      const batch = randomBatch(shape, seed + 1, shape.spread);
      const labels = [...batch.labels];
      const proxies = lossRecord(name).proxies ? rowsOf({ features: proxiesFor(batch), dim: batch.dim }) : [];
      const rows = rowsOf(batch);
      const unit = (of: Rows): Row[] => unitRows(of).map((x, index) => ({ x, index, label: labels[index] as number }));
      const naiveOf = (moved: Rows, of: Rows = proxies): number =>
        naive(unit(moved), loss as unknown as LossConstantsOf<L>, unitRows(of), unit(rows));
      const actual = metricLossOf(batch, loss);
      expect(deviation(actual.scalars.loss_metric, naiveOf(rows), { relative: 1e-5, absolute: 1e-6 })).toBeNull();
      expectGradient(actual.grad, numericalGradient(rows, naiveOf));
      if (proxies.length > 0) {
        expectGradient(
          actual.gradProxies as Float32Array,
          numericalGradient(proxies, (moved) => naiveOf(rows, moved)),
        );
      }
    });
  });
}

function expectGradient(actual: Float32Array, expected: readonly number[]): void {
  const largest = Math.max(...expected.map(Math.abs));
  expect(maxAbsDifference(actual, expected)).toBeLessThanOrEqual(1e-4 * largest + 1e-7);
}
