import type { Experiment } from '../api/types.ts';
import { lastMetric } from '../words/experiment-title.ts';

/** A setting as text, for tables and groups; a field that its loss, optimizer or protocol does not have is none. */
export function settingText(run: Pick<Experiment, 'config'>, field: string): string {
  const value = run.config[field];
  if (value === undefined || value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const labels = ['name', 'tags', 'priority', 'device'];

/** Fields of the config in which the runs are not all alike, in the order of the config. */
export function differingFields(runs: readonly Experiment[]): string[] {
  const fields = [...new Set(runs.flatMap(({ config }) => Object.keys(config)))].filter(
    (name) => !labels.includes(name),
  );
  return fields.filter((field) => new Set(runs.map((run) => settingText(run, field))).size > 1);
}

/** The values that runs have of a field, in order: numbers by size, the rest as they came. */
export function valuesInOrder(runs: readonly Pick<Experiment, 'config'>[], field: string): string[] {
  const values = [...new Set(runs.map((run) => settingText(run, field)))];
  return values.every((value) => Number.isFinite(Number(value)))
    ? values.sort((a, b) => Number(a) - Number(b))
    : values;
}

/** Things by what they have in common, in the order in which each first came. */
export function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * How much of the spread of a metric among runs goes with a field: the sum of squares between the means of its values over the whole
 * sum of squares (eta squared), 0..1. A plain estimate: fields that vary together share what they explain. null where the metric is
 * known of fewer than three runs or is the same in all, and where each run has a value of its own.
 */
export function shareExplained(runs: readonly Experiment[], field: string, metric: string): number | null {
  const measured = runs.flatMap((run) => {
    const value = lastMetric(run, metric);
    return value === undefined ? [] : [{ group: settingText(run, field), value }];
  });
  const meanOf = (some: typeof measured) => some.reduce((sum, { value }) => sum + value, 0) / some.length;
  const groups = groupedBy(measured, ({ group }) => group);
  if (measured.length < 3 || groups.size < 2 || groups.size === measured.length) return null;
  const mean = meanOf(measured);
  const whole = measured.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
  if (whole === 0) return null;
  const between = [...groups.values()].reduce((sum, group) => sum + group.length * (meanOf(group) - mean) ** 2, 0);
  return between / whole;
}
