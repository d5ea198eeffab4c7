import { roundedText, signedText } from '@spherelab/statistics';
import { isRate } from './metric-range.ts';

/** A measured value: rates in percent with one decimal, as papers print them, the rest with three. */
export function metricText(metric: string, value: number): string {
  return isRate(metric) ? roundedText(100 * value, 1) : roundedText(value, 3);
}

/** A difference of two such values, with its sign. */
export function signedMetricText(metric: string, value: number): string {
  return isRate(metric) ? signedText(100 * value, 1) : signedText(value, 3);
}
