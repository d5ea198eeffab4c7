import { describe, expect, test } from 'vitest';
import { studentTQuantile, summarize } from '../src/index.ts';

/** scipy 1.17.1: [[p, v, float(scipy.stats.t.ppf(p, v))] for p in (0.95, 0.975, 0.995) for v in (...)]. */
const quantiles = [
  [0.95, 1, 6.313751514675037],
  [0.95, 2, 2.9199855803537242],
  [0.95, 11, 1.7958848187040433],
  [0.975, 1, 12.706204736174694],
  [0.975, 2, 4.302652729749462],
  [0.975, 3, 3.1824463052837078],
  [0.975, 4, 2.7764451051977934],
  [0.975, 5, 2.5705818356363146],
  [0.975, 7, 2.364624251592784],
  [0.975, 10, 2.228138851986274],
  [0.975, 30, 2.0422724563012378],
  [0.975, 31, 2.039513446396408],
  [0.975, 100, 1.9839715185235518],
  [0.975, 999, 1.9623414611334493],
  [0.995, 1, 63.656741162871526],
  [0.995, 10, 3.16927267261695],
  [0.995, 29, 2.756385903670605],
] as const;

describe('a summary', () => {
  test.each(quantiles)('the %f quantile of t with %i degrees of freedom is %f', (probability, degrees, expected) => {
    expect(studentTQuantile(probability, degrees) / expected).toBeCloseTo(1, 10);
  });

  test('has the mean, the sd and the t interval of the mean, as scipy has them', () => {
    // scipy.stats.ttest_1samp([0.6, 0.61, 0.65], 0).confidence_interval(0.95)
    const summary = summarize([0.6, 0.61, 0.65]);
    expect(summary).toEqual({
      n: 3,
      mean: expect.closeTo(0.62, 12),
      sd: expect.closeTo(0.0264575131, 9),
      ci95: summary?.ci95,
    });
    expect(summary?.ci95?.[0]).toBeCloseTo(0.5542758939, 9);
    expect(summary?.ci95?.[1]).toBeCloseTo(0.6857241061, 9);
  });

  test('cuts the interval to what the metric can be', () => {
    expect(summarize([0.9, 1], [0, 1])?.ci95?.[1]).toBe(1);
    expect(summarize([0.9, 1])?.ci95?.[1]).toBeCloseTo(0.95 + 12.7062047 * 0.05, 6);
  });

  test('has no interval for one value nor for equal ones, and is nothing for none', () => {
    expect(summarize([0.5])).toEqual({ n: 1, mean: 0.5, sd: null, ci95: null });
    expect(summarize([0.62 - 0.6, 0.52 - 0.5])).toMatchObject({ n: 2, sd: 0, ci95: null });
    expect(summarize([])).toBeNull();
  });
});
