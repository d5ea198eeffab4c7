import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ApiClient } from '../server/api-client.ts';
import type { Experiment, MetricSeries } from '../server/api-types.ts';
import { type ScalarPoint, tensorboardEvents } from './tensorboard-events.ts';

/**
 * Writes the metrics of an experiment as a TensorBoard event file into a folder. The same metrics give the same file, so
 * that exporting a run that goes on replaces what was exported before.
 * @returns the file and how many points it holds
 */
export async function exportTensorboard(
  api: ApiClient,
  id: string,
  folder: string,
): Promise<{ readonly file: string; readonly points: number }> {
  const experiment = await api.get<Experiment>(`/experiments/${encodeURIComponent(id)}`);
  const { series } = await api.get<MetricSeries>(`/experiments/${encodeURIComponent(id)}/metrics`);
  const points = series
    .flatMap(({ name, points: values }) =>
      values.map(([step, value]): ScalarPoint => ({ tag: tagOf(name), step, value: value ?? Number.NaN })),
    )
    .sort((a, b) => a.step - b.step);
  const wallTimeS = Date.parse(experiment.started_at ?? experiment.created_at) / 1000;
  await mkdir(folder, { recursive: true });
  // TensorBoard looks for this part in a file's name.
  const file = path.join(folder, `events.out.tfevents.${Math.floor(wallTimeS)}.${experiment.id}`);
  const unfinished = path.join(folder, `.${path.basename(file).replaceAll('tfevents', 'unfinished')}.${process.pid}`);
  await writeFile(unfinished, tensorboardEvents(points, wallTimeS));
  await rename(unfinished, file);
  return { file, points: points.length };
}

/** The tags of the reference's logs: recalls as R@K, clustering in capitals; everything else has the same name there. */
export function tagOf(metric: string): string {
  const [, train = '', k] = /^(train_)?recall_at_(\d+)$/.exec(metric) ?? [];
  if (k !== undefined) return `${train}R@${k}`;
  return ['nmi', 'ami', 'f1'].includes(metric) ? metric.toUpperCase() : metric;
}
