import type { Experiment } from '../server/api-types.ts';
import { isRate, metricHeading, metricValue } from './metric-columns.ts';

const metric = /^(?:(best|last)\.)?((?:train_)?recall_at_\d+|nmi|ami|f1|map_at_r|r_precision|norm_cv)$/;

/** What stands above a column. */
export function columnHead(name: string): string {
  const [, which, measured] = metric.exec(name) ?? [];
  if (measured === undefined) return name;
  return `${which === 'best' ? 'best ' : ''}${metricHeading(measured)}${isRate(measured) ? ' %' : ''}`;
}

/** What an experiment has in a column: a metric of its newest or its best evaluation, a field of its config or of itself. */
export function columnText(experiment: Experiment, name: string): string {
  const [, which, measured] = metric.exec(name) ?? [];
  if (measured !== undefined) {
    const evaluation = which === 'best' ? experiment.result?.best : (experiment.result?.last ?? experiment.latest);
    return measuredText(measured, evaluation?.metrics[measured]);
  }
  if (name === 'steps') return `${experiment.steps_done}/${experiment.total_updates ?? '?'}`;
  if (name === 'tags') return experiment.tags.join(' ');
  const own = experiment as unknown as Readonly<Record<string, unknown>>;
  return plainText(name in experiment.config && name !== 'name' ? experiment.config[name] : own[name]);
}

/** A metric, or a dash where it was not measured. */
export function measuredText(name: string, value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : metricValue(name.replace(/^(best|last)\./, ''), value);
}

/** A setting. */
export function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '').replace(/^""$/, '');
}
