import type { PairedDifference } from '@spherelab/statistics';
import { isRate } from './metric-range.ts';
import { metricText } from './metric-text.ts';
import { settingText } from './setting-text.ts';
import { pairedMetrics, type SweepPair } from './sweep-pairs.ts';
import type { SweepTable } from './sweep-table.ts';

export const pairNote =
  'Paired by seed: the first row minus the second, mean [95 % interval]. "within noise": the interval holds 0. Of forty differences that are nothing, about two are told as something.';

/** Heads of the table of pairs: what is compared, then the metrics that some pair has. */
export function pairHeading(table: SweepTable): string[] {
  return ['row', 'minus row', ...metricsOf(table)];
}

export function pairLines(table: SweepTable): string[][] {
  return table.pairs.map((pair) => [
    rowText(pair, pair.treatment),
    settingOf(pair, pair.baseline),
    ...metricsOf(table).map((name) => differenceText(name, pair.metrics[name])),
  ]);
}

function metricsOf({ pairs }: SweepTable): string[] {
  return pairedMetrics.filter((name) => pairs.some(({ metrics }) => metrics[name] !== undefined));
}

/** What differs first, then what both share. */
function rowText(pair: SweepPair, settings: SweepPair['treatment']): string {
  const shared = Object.keys(settings).filter((field) => field !== pair.field);
  return [settingOf(pair, settings), ...shared.map((field) => `${field} ${settingText(settings[field])}`)].join(', ');
}

function settingOf({ field }: SweepPair, settings: SweepPair['treatment']): string {
  return `${field} ${settingText(settings[field])}`;
}

/** "+1.8 points [0.3, 3.3], 6 pairs", "within noise: +0.4 points [-0.6, 1.4], 6 pairs", "+0.4 points, one pair". */
export function differenceText(metric: string, difference: PairedDifference | undefined): string {
  if (difference === undefined) return '';
  const { n, mean, ci95, verdict } = difference;
  const unit = isRate(metric) ? ' points' : '';
  const interval = ci95 === null ? '' : ` [${metricText(metric, ci95[0])}, ${metricText(metric, ci95[1])}]`;
  const value = `${mean < 0 ? '' : '+'}${metricText(metric, mean)}${unit}${interval}`;
  if (verdict === 'one pair') return `${value}, one pair`;
  return `${verdict === 'within noise' ? 'within noise: ' : ''}${value}, ${n} pairs`;
}
