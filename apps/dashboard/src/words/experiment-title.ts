import type { Experiment } from '../api/types.ts';

export type ExperimentTitle = { readonly main: string; readonly rest: string };

/** What tells an experiment from others: its name, or data set, loss and regulariser; then the seed and what it starts from. */
export function experimentTitle({ name, config }: Pick<Experiment, 'name' | 'config'>): ExperimentTitle {
  const setting = `${String(config.dataset)} · ${lossText(config)}`;
  const rest = `seed ${String(config.seed)}`;
  return name === null ? { main: setting, rest } : { main: name, rest: `${setting} · ${rest}` };
}

/** The loss and its regulariser. */
export function lossText(config: Experiment['config']): string {
  const sec = Number(config.sec_wei ?? 0);
  const l2 = Number(config.l2reg_wei ?? 0);
  const parts = [String(config.loss)];
  if (sec > 0) parts.push(`SEC ${sec}`);
  if (l2 > 0) parts.push(`L2-reg ${l2}`);
  return parts.join(' + ');
}

/** One line for legends and titles. */
export function experimentLine(experiment: Pick<Experiment, 'name' | 'config'>): string {
  const { main, rest } = experimentTitle(experiment);
  return `${main} · ${rest}`;
}

/** A metric of the last evaluation of a run that has ended, or undefined. */
export function lastMetric(experiment: Pick<Experiment, 'result'>, name: string): number | undefined {
  const last = experiment.result?.last as { metrics?: Record<string, number> } | undefined;
  return last?.metrics?.[name];
}

/** A metric of the newest evaluation, while it runs too; or undefined. */
export function latestMetric(experiment: Pick<Experiment, 'latest' | 'result'>, name: string): number | undefined {
  return lastMetric(experiment, name) ?? experiment.latest?.metrics[name];
}
