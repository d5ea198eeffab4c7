import { expect } from 'vitest';
import { deviation, type GoldenNumber, goldenNumber, maxAbsDifference } from '../../../test/golden-reader.ts';

/** Scalars of a pass by name, as a manifest writes them. */
export type Scalars = Readonly<Record<string, GoldenNumber>>;

export function expectScalars(actual: Readonly<Record<string, number>>, expected: Scalars): void {
  const wrong = Object.entries(expected).flatMap(([name, value]) => {
    const reason = deviation(actual[name] as number, goldenNumber(value), { relative: 1e-5, absolute: 1e-6 });
    return reason === null ? [] : [`${name}: ${reason}`];
  });
  expect(wrong).toEqual([]);
}

export function nanPattern(values: Float32Array): boolean[] {
  return Array.from(values, Number.isNaN);
}

/** Sums of the gradient over rows that are identical, followed by the rows of no group. */
export function sumOverGroups(grad: Float32Array, dim: number, groups: readonly (readonly number[])[]): Float32Array {
  const grouped = new Set(groups.flat());
  const alone = Array.from({ length: grad.length / dim }, (_, row) => row).filter((row) => !grouped.has(row));
  const all = [...groups, ...alone.map((row) => [row])];
  return Float32Array.from(
    all.flatMap((rows) =>
      Array.from({ length: dim }, (_, j) => rows.reduce((sum, row) => sum + (grad[row * dim + j] as number), 0)),
    ),
  );
}

/**
 * What rounding alone does to the SEC gradient 2 sec_wei / batch (norm - record): both are float32 numbers near the mean
 * norm, so where all norms are nearly equal their difference keeps few digits. The golden float32 gradients of such
 * batches are themselves up to 4e-5 of their maximum away from the float64 formula.
 */
export function secRounding(secWei: number, normMean: number, batch: number): number {
  const unitInLastPlace = 2 ** (Math.floor(Math.log2(normMean)) - 23);
  return Number.isFinite(unitInLastPlace) ? ((2 * secWei) / batch) * 2 * unitInLastPlace : 0;
}

export function expectGradient(actual: Float32Array, expected: Float32Array, rounding = 0): void {
  if (expected.some(Number.isNaN)) {
    expect(nanPattern(actual)).toEqual(nanPattern(expected));
    return;
  }
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  expect(maxAbsDifference(actual, expected)).toBeLessThanOrEqual(1e-5 * largest + rounding);
}
