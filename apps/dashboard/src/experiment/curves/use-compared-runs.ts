import { get } from '../../api/client.ts';
import type { Experiment, MetricSeries, Point } from '../../api/types.ts';
import { useResource } from '../../api/use-resource.ts';
import { experimentLine } from '../../words/experiment-title.ts';
import type { CurvesRun } from './chart-lines.ts';

/** Points of one series that a chart of this width can show. */
const pointsShown = 1_500;
const refreshMs = 3_000;

export type ComparedRun = CurvesRun & { readonly experiment: Experiment };

/** Other runs to draw beside this one; read again while one of them runs. */
export function useComparedRuns(ids: readonly string[]): readonly ComparedRun[] {
  const key = ids.join(',');
  const { data } = useResource(
    key === '' ? null : `compared ${key}`,
    (signal) => Promise.all(ids.map((id) => readRun(id, signal))),
    refreshMs,
  );
  return data ?? [];
}

async function readRun(id: string, signal: AbortSignal): Promise<ComparedRun> {
  const [experiment, metrics] = await Promise.all([
    get('/experiments/{id}', { path: { id }, signal }),
    get('/experiments/{id}/metrics', { path: { id }, query: { max_points: pointsShown }, signal }),
  ]);
  return { experiment, name: experimentLine(experiment), series: seriesByName(metrics) };
}

/** Series by their name. */
export function seriesByName({ series }: MetricSeries): ReadonlyMap<string, readonly Point[]> {
  return new Map(series.map(({ name, points }) => [name, points as readonly Point[]]));
}
