import { studentTQuantile } from './student-t-quantile.ts';

/** Of repeated measurements. */
export type Summary = {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n - 1); null for one value. */
  readonly sd: number | null;
  /** 95 % interval of the mean by Student's t; null for one value and for equal ones, which tell nothing of the spread. */
  readonly ci95: readonly [number, number] | null;
};

/** Values that differ by less, relative to the largest, are equal: 0.62 - 0.6 and 0.52 - 0.5 are. */
const rounding = 1e-12;

/**
 * Of at least one value; null for none, because nothing measured is no 0.
 * @param bounds the range of what is measured, [0, 1] for a rate; the interval is cut to it
 */
export function summarize(
  values: readonly number[],
  bounds: readonly [number, number] = [-Infinity, Infinity],
): Summary | null {
  const n = values.length;
  if (n === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { n, mean, sd: null, ci95: null };
  if (areEqual(values)) return { n, mean, sd: 0, ci95: null };
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  const half = (studentTQuantile(0.975, n - 1) * sd) / Math.sqrt(n);
  return { n, mean, sd, ci95: [Math.max(mean - half, bounds[0]), Math.min(mean + half, bounds[1])] };
}

function areEqual(values: readonly number[]): boolean {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return values.every((value) => Math.abs(value - (values[0] as number)) <= rounding * largest);
}
