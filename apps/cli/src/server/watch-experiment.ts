import { setTimeout as sleep } from 'node:timers/promises';
import { createProgressLine } from '../output/progress-line.ts';
import type { ApiClient } from './api-client.ts';
import { type Experiment, isSettled, type MetricSeries } from './api-types.ts';

const pollEveryMs = 500;

/**
 * Follows an experiment until it settles, with a progress display on stderr. A server that restarts meanwhile is waited for.
 * @returns the experiment as it ended
 */
export async function watchExperiment(api: ApiClient, id: string): Promise<Experiment> {
  const progress = createProgressLine();
  try {
    for (;;) {
      const experiment = await api.getPatiently<Experiment>(`/experiments/${id}`);
      const total = experiment.total_updates ?? 0;
      const fraction = total === 0 ? 0 : experiment.steps_done / total;
      progress.show(isSettled(experiment) ? 1 : fraction, await describeProgress(api, experiment));
      if (isSettled(experiment)) return experiment;
      await sleep(pollEveryMs);
    }
  } finally {
    progress.end();
  }
}

async function describeProgress(api: ApiClient, experiment: Experiment): Promise<string> {
  const attempt = experiment.attempt > 1 ? ` (attempt ${experiment.attempt})` : '';
  const steps = `${experiment.status}${attempt} ${experiment.steps_done}/${experiment.total_updates ?? '?'}`;
  if (experiment.status !== 'running') return steps;
  const { series } = await api.getPatiently<MetricSeries>(
    `/experiments/${experiment.id}/metrics?name=loss_metric&name=recall_at_1&name=norm_mean&max_points=2`,
  );
  const latest = (name: string) => series.find((one) => one.name === name)?.points.at(-1)?.[1];
  const parts = [
    ['loss', latest('loss_metric')?.toFixed(4)],
    ['norm', latest('norm_mean')?.toFixed(2)],
    ['R@1', latest('recall_at_1') === undefined ? undefined : (100 * (latest('recall_at_1') ?? 0)).toFixed(1)],
  ].filter(([, value]) => value !== undefined);
  return [steps, ...parts.map(([name, value]) => `${name} ${value}`)].join('  ');
}
