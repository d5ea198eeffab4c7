import { describe, expect, test } from 'vitest';
import { confidenceInterval, tQuantile } from '../src/tables/confidence-interval.ts';
import { statistic } from '../src/tables/statistic.ts';

/** P(T <= t) by Simpson's rule over the density; an oracle that shares nothing with the table. */
function distribution(t: number, degrees: number): number {
  const density = (x: number) => (1 + x ** 2 / degrees) ** (-(degrees + 1) / 2);
  // x = tan(u) folds the whole tail into a finite interval.
  const integral = (from: number, to: number) => {
    const steps = 20_000;
    const width = (to - from) / steps;
    let sum = 0;
    for (let i = 0; i <= steps; i += 1) {
      const u = from + i * width;
      const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
      sum += weight * density(Math.tan(u)) * (1 + Math.tan(u) ** 2);
    }
    return (sum * width) / 3;
  };
  const edge = Math.PI / 2 - 1e-7;
  return 0.5 + integral(0, Math.atan(t)) / (2 * integral(0, edge));
}

describe('the confidence interval', () => {
  test.each([1, 2, 3, 5, 10, 20, 30, 31, 50, 100])('the t quantile of %i degrees leaves 2.5 %% above it', (degrees) => {
    expect(distribution(tQuantile(degrees), degrees)).toBeCloseTo(0.975, 5);
  });

  test('is mean ± t sd / sqrt(n)', () => {
    const measured = statistic([0.6, 0.61, 0.65]);
    expect(measured).toMatchObject({ n: 3, mean: expect.closeTo(0.62, 12), sd: expect.closeTo(0.0264575, 6) });
    const [low, high] = confidenceInterval(measured as NonNullable<typeof measured>) ?? [0, 0];
    expect([low, high]).toEqual([expect.closeTo(0.55428, 4), expect.closeTo(0.68572, 4)]);
  });

  test('one run says nothing of the spread, no run nothing at all', () => {
    expect(confidenceInterval({ n: 1, mean: 0.5, sd: null })).toBeNull();
    expect(statistic([])).toBeNull();
  });
});
