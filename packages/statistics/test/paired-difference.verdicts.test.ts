import { describe, expect, test } from 'vitest';
import { pairedDifference } from '../src/index.ts';

const bySeed = (values: readonly number[]) => new Map(values.entries());

describe('a paired difference', () => {
  test('has the interval of the paired t-test, as scipy has it, and says on which side of 0 it lies', () => {
    // scipy.stats.ttest_rel(treatment, baseline).confidence_interval(0.95)
    const [treatment, baseline] = [bySeed([0.62, 0.64, 0.61, 0.66]), bySeed([0.6, 0.61, 0.605, 0.625])];
    const difference = pairedDifference(treatment, baseline);
    expect(difference).toMatchObject({ n: 4, mean: expect.closeTo(0.0225, 12), verdict: 'higher' });
    expect(difference?.ci95).toEqual([expect.closeTo(0.0014500963, 9), expect.closeTo(0.0435499037, 9)]);
    expect(pairedDifference(baseline, treatment)).toMatchObject({
      mean: expect.closeTo(-0.0225, 12),
      verdict: 'lower',
    });
  });

  test('is within noise where the interval holds 0', () => {
    expect(pairedDifference(bySeed([0.62, 0.6, 0.61]), bySeed([0.6, 0.61, 0.62]))).toMatchObject({
      n: 3,
      verdict: 'within noise',
    });
  });

  test('pairs by seed whatever the order, and leaves out what only one arm has', () => {
    const treatment = new Map([
      [7, 0.7],
      [1, 0.5],
      [9, 0.1],
    ]);
    const baseline = new Map([
      [1, 0.4],
      [2, 0.9],
      [7, 0.4],
    ]);
    expect(pairedDifference(treatment, baseline)).toMatchObject({ n: 2, mean: expect.closeTo(0.2, 12) });
    expect(pairedDifference(bySeed([0.5]), new Map([[3, 0.5]]))).toBeNull();
    expect(pairedDifference(bySeed([0.5, 0.6]), new Map([[1, 0.5]]))).toMatchObject({ n: 1, verdict: 'one pair' });
  });

  test.each([
    [2, 0.02, 'within noise'],
    [5, 0.02, 'within noise'],
    [6, 0.02, 'higher'],
    [6, -0.02, 'lower'],
    [9, 0, 'within noise'],
  ])('%i equal differences of %f are %s: by their signs, for they show no spread', (n, step, verdict) => {
    const baseline = bySeed(Array.from({ length: n }, (_, seed) => 0.5 + seed / 100));
    const treatment = new Map([...baseline].map(([seed, value]) => [seed, value + step]));
    expect(pairedDifference(treatment, baseline)).toMatchObject({ ci95: null, verdict });
  });
});
