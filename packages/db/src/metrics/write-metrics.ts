import { updateMetrics } from '@spherelab/config';
import type { Queryable } from '../database.ts';
import type { LatestEvaluation } from '../experiments/experiment-row.ts';
import { type Fence, fenceSql, StaleAttemptError } from '../stale-attempt-error.ts';

/** A measured value: an experiment has one for a name and step. */
export type MetricPoint = { readonly name: string; readonly step: number; readonly value: number };

// DISTINCT ON: a batch that names a point twice keeps the last; ON CONFLICT may not touch a row twice.
const write = (fence: string) => `
  WITH fence AS (${fence}),
  points AS (SELECT DISTINCT ON (name, step) name, step, value, position
    FROM unnest($3::text[], $4::int[], $5::float8[]) WITH ORDINALITY AS input(name, step, value, position)
    ORDER BY name, step, position DESC),
  written AS (INSERT INTO metric (experiment_id, name, step, value, attempt)
    SELECT fence.id, name, step, value, $2 FROM fence, points ORDER BY position
    ON CONFLICT (experiment_id, name, step) DO UPDATE
      SET value = excluded.value, attempt = excluded.attempt, seq = excluded.seq WHERE metric.attempt <= excluded.attempt)
  SELECT count(*) AS passed FROM fence`;
const writeUpdates = write(fenceSql);
// The fence itself writes the row: a share lock that becomes an exclusive one could meet that of a checkpoint.
const writeEvaluation = write(
  `UPDATE experiment SET latest = $6::jsonb, updated_at = now() WHERE id = $1 AND attempt = $2 AND status = 'running' RETURNING id`,
);

/**
 * Writes a batch; the newest evaluation in it is what lists show of the run. Writing it again changes nothing. A resumed attempt
 * repeats the steps after its checkpoint and its points
 * replace those of the attempt that was lost, so that the series is that of one uninterrupted run.
 * @throws StaleAttemptError, and then nothing of the batch is written
 */
export async function writeMetrics(client: Queryable, fence: Fence, points: readonly MetricPoint[]): Promise<void> {
  if (points.length === 0) return;
  const latest = latestEvaluation(points);
  const { rows } = await client.query<{ passed: number }>(latest === null ? writeUpdates : writeEvaluation, [
    fence.experimentId,
    fence.attempt,
    points.map((point) => point.name),
    points.map((point) => point.step),
    points.map((point) => point.value),
    ...(latest === null ? [] : [JSON.stringify(latest)]),
  ]);
  if (rows[0]?.passed !== 1) throw new StaleAttemptError(fence);
}

/** What the newest evaluation of a batch measured; all of one evaluation comes in one batch. null where it has none. */
function latestEvaluation(points: readonly MetricPoint[]): LatestEvaluation | null {
  const measured = points.filter(({ name, value }) => !updateMetrics.has(name) && Number.isFinite(value));
  if (measured.length === 0) return null;
  const step = measured.reduce((newest, point) => Math.max(newest, point.step), 0);
  const metrics = measured.filter((point) => point.step === step).map(({ name, value }) => [name, value] as const);
  return { step, metrics: Object.fromEntries(metrics) };
}
