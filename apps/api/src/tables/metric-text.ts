import { isRate } from './metric-range.ts';

/** A measured value: rates in percent with one decimal, as papers print them, the rest with three. */
export function metricText(metric: string, value: number): string {
  return isRate(metric) ? (100 * value).toFixed(1) : value.toFixed(3);
}
