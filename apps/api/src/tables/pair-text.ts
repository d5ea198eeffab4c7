import { settingText } from './setting-text.ts';
import type { SweepPair } from './sweep-pairs.ts';
import type { SweepTable } from './sweep-table.ts';
import { pairedMetrics } from './told-differences.ts';

export const pairNote =
  'Paired by seed (and fold): the first row minus the second, mean [95 % interval]. "within noise": the interval holds 0. Of forty differences that are nothing, about two are told as something.';

/** Heads of the table of pairs: what is compared, then the metrics that some pair has. */
export function pairHeading(table: SweepTable): string[] {
  return ['row', 'minus row', ...metricsOfPairs(table)];
}

export function pairLines(table: SweepTable): string[][] {
  return table.pairs.map((pair) => [
    rowText(pair, pair.treatment),
    settingOf(pair, pair.baseline),
    ...metricsOfPairs(table).map((name) => pair.metrics[name]?.text ?? ''),
  ]);
}

/** Metrics that some pair has. */
export function metricsOfPairs({ pairs }: Pick<SweepTable, 'pairs'>): string[] {
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
