import type { Experiment } from '../api/types.ts';
import { lastMetric } from '../words/experiment-title.ts';
import { settingText } from './differing-fields.ts';

/** Results that are compared, in the order of the columns. */
export const comparedMetrics = ['recall_at_1', 'map_at_r', 'nmi', 'ami', 'f1', 'norm_cv'] as const;

/** One row for each run: id, status, what differs, the metrics of the last evaluation as fractions. */
export function comparisonCsv(runs: readonly Experiment[], fields: readonly string[]): string {
  const rows = runs.map((run) => [
    run.id,
    run.status,
    ...fields.map((field) => settingText(run, field)),
    ...comparedMetrics.map((name) => String(lastMetric(run, name) ?? '')),
  ]);
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [['id', 'status', ...fields, ...comparedMetrics], ...rows]
    .map((row) => `${row.map(quoted).join(',')}\n`)
    .join('');
}

/** Metrics fall, settings rise; runs without the value come last. */
export function compareBy(name: string, a: Experiment, b: Experiment): number {
  if ((comparedMetrics as readonly string[]).includes(name)) {
    const [first, second] = [lastMetric(a, name), lastMetric(b, name)];
    if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
    return second - first;
  }
  const [first, second] = [a.config[name], b.config[name]];
  if (typeof first === 'number' && typeof second === 'number') return first - second;
  return settingText(a, name).localeCompare(settingText(b, name));
}
