import type { PairedDifference } from '@spherelab/statistics';
import { isRate } from './metric-range.ts';
import { metricText, signedMetricText } from './metric-text.ts';

/** "+1.8 points [0.3, 3.3], 6 pairs", "within noise: +0.4 points [-0.6, 1.4], 6 pairs", "+0.4 points, one pair". */
export function differenceText(metric: string, difference: PairedDifference): string {
  const { n, mean, ci95, verdict } = difference;
  const unit = isRate(metric) ? ' points' : '';
  const interval = ci95 === null ? '' : ` [${metricText(metric, ci95[0])}, ${metricText(metric, ci95[1])}]`;
  const value = `${signedMetricText(metric, mean)}${unit}${interval}`;
  if (verdict === 'one pair') return `${value}, one pair`;
  return `${verdict === 'within noise' ? 'within noise: ' : ''}${value}, ${n} pairs`;
}
