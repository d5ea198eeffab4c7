import { describe, expect, test } from 'vitest';
import { confidenceSequence } from '../src/index.ts';
import { seededDraws } from './draws.ts';

const { normal } = seededDraws(3);
const differences = Array.from({ length: 40 }, () => 0.012 + 0.01 * normal());

/** The definition in its plainest form: every n, every effect of a grid, tanh itself. */
function naiveLow(values: readonly number[], alpha: number): number {
  const wealthOf = (effect: number, n: number) => {
    const scales = [0.001, 0.004, 0.016, 0.064, 0.256];
    const products = scales.map((scale) =>
      values.slice(0, n).reduce((product, value) => product * (1 + Math.tanh((value - effect) / scale)), 1),
    );
    return products.reduce((sum, product) => sum + product, 0) / scales.length;
  };
  const step = 1e-4;
  for (let effect = 0.1; effect > -0.2; effect -= step) {
    if (values.some((_, at) => wealthOf(effect, at + 1) >= 2 / alpha)) return effect;
  }
  return -Infinity;
}

describe('a confidence sequence', () => {
  test.each([6, 7, 12, 40])('has the bounds of the definition after %i pairs', (n) => {
    const values = differences.slice(0, n);
    const { low, high } = confidenceSequence(values, 0.05).at(-1) ?? { low: 0, high: 0 };
    expect(Math.abs(low - naiveLow(values, 0.05))).toBeLessThan(1.1e-4);
    expect(
      Math.abs(
        high +
          naiveLow(
            values.map((value) => -value),
            0.05,
          ),
      ),
    ).toBeLessThan(1.1e-4);
  });

  test('says nothing before 6 pairs at 0.05, however large the effect, and decides at 6', () => {
    const points = confidenceSequence(
      Array.from({ length: 6 }, () => 0.9),
      0.05,
    );
    expect(points.slice(0, 5).every(({ low, high }) => low === -Infinity && high === Infinity)).toBe(true);
    expect(Math.max(...points.slice(0, 5).map(({ evidence }) => evidence))).toBeLessThan(20);
    expect(points[5]?.evidence).toBeGreaterThan(20);
    expect(points[5]?.low).toBeGreaterThan(0);
  });

  test('only narrows, and its evidence only grows', () => {
    const points = confidenceSequence(differences, 0.05);
    for (const [at, point] of points.slice(1).entries()) {
      const before = points[at] as typeof point;
      expect(point.low).toBeGreaterThanOrEqual(before.low);
      expect(point.high).toBeLessThanOrEqual(before.high);
      expect(point.evidence).toBeGreaterThanOrEqual(before.evidence);
    }
    expect(points.at(-1)).toMatchObject({ n: 40, mean: expect.closeTo(0.012, 2) });
  });

  test('moves with the differences and turns with their sign', () => {
    const [base, shifted, turned] = [0, 0.3, 0].map((by, at) =>
      confidenceSequence(
        differences.map((value) => (at === 2 ? -value : value + by)),
        0.05,
      ).at(-1),
    );
    expect(shifted?.low).toBeCloseTo((base?.low ?? 0) + 0.3, 6);
    expect(shifted?.high).toBeCloseTo((base?.high ?? 0) + 0.3, 6);
    expect(turned?.low).toBe(-(base?.high ?? 0));
    expect(turned?.evidence).toBe(base?.evidence);
  });

  test('stays a number over thousands of pairs and for differences far off its scales', () => {
    const long = confidenceSequence(
      Array.from({ length: 3_000 }, (_, at) => (at % 10 === 0 ? -500 : 0.02)),
      0.05,
    );
    expect(long.every(({ evidence }) => Number.isFinite(evidence))).toBe(true);
    const one = confidenceSequence([...Array.from({ length: 1_500 }, () => 0.02), -1e6], 0.05).at(-1);
    expect(one?.low).toBeCloseTo(0.02, 3);
    expect(one?.evidence).toBeGreaterThan(1e300);
  });

  test('equal arms are no evidence at all', () => {
    expect(
      confidenceSequence(
        Array.from({ length: 30 }, () => 0),
        0.05,
      ).at(-1)?.evidence,
    ).toBeCloseTo(0.5, 12);
    expect(confidenceSequence([], 0.05)).toEqual([]);
  });

  test.each([0, 1, -0.1, Number.NaN])('refuses alpha %f', (alpha) => {
    expect(() => confidenceSequence([0.1], alpha)).toThrow(`alpha is ${alpha}; it must lie between 0 and 1`);
  });

  test('refuses a difference that is no number, by its place', () => {
    expect(() => confidenceSequence([0.1, Number.NaN], 0.05)).toThrow('differences[1] is NaN; it must be finite');
  });
});
