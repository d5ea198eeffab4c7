import { readMetricColumn } from '@spherelab/config';
import type { Experiment } from '../server/api-types.ts';
import { isRate, metricHeading, metricValue } from './metric-columns.ts';

/** What stands above a column. */
export function columnHead(name: string): string {
  const column = readMetricColumn(name);
  if (column === null) return name;
  const { evaluation, metric } = column;
  return `${evaluation === 'best' ? 'best ' : ''}${metricHeading(metric)}${isRate(metric) ? ' %' : ''}`;
}

/** What an experiment has in a column: a metric of its newest or its best evaluation, a field of its config or of itself. */
export function columnText(experiment: Experiment, name: string): string {
  const column = readMetricColumn(name);
  if (column !== null) {
    const { result, latest } = experiment;
    const evaluation = column.evaluation === 'best' ? result?.best : (result?.last ?? latest);
    return measuredText(name, evaluation?.metrics[column.metric]);
  }
  if (name === 'steps') return `${experiment.steps_done}/${experiment.total_updates ?? '?'}`;
  if (name === 'tags') return experiment.tags.join(' ');
  const own = experiment as unknown as Readonly<Record<string, unknown>>;
  return plainText(name in experiment.config && name !== 'name' ? experiment.config[name] : own[name]);
}

/** A metric, or a dash where it was not measured. */
export function measuredText(name: string, value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : metricValue(readMetricColumn(name)?.metric ?? name, value);
}

/** A setting. */
export function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '').replace(/^""$/, '');
}
