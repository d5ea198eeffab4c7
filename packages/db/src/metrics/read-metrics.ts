import type { Queryable } from '../database.ts';
import type { MetricPoint } from './write-metrics.ts';

export type MetricFilter = {
  readonly names?: readonly string[] | undefined;
  readonly fromStep?: number | undefined;
  readonly toStep?: number | undefined;
  /** most points of one series; extremes are kept. At least 2 */
  readonly maxPoints?: number | undefined;
};

// Thinning: the first and last point stay, and of each bucket of equal size between them the lowest and the highest.
const select = `
  WITH selected AS (SELECT name, step, value,
      row_number() OVER (PARTITION BY name ORDER BY step) AS position, count(*) OVER (PARTITION BY name) AS size
    FROM metric WHERE experiment_id = $1 AND ($2::text[] IS NULL OR name = ANY($2))
      AND step >= coalesce($3::int, 0) AND step <= coalesce($4::int, 2147483647)),
  bucketed AS (SELECT *, CASE WHEN position IN (1, size) THEN -position
      ELSE (position - 2) * $6::int / (size - 2) END AS bucket FROM selected),
  ranked AS (SELECT *, row_number() OVER (PARTITION BY name, bucket ORDER BY value, step) AS from_low,
      row_number() OVER (PARTITION BY name, bucket ORDER BY value DESC, step) AS from_high FROM bucketed)
  SELECT name, step, value FROM ranked
  WHERE $5::int IS NULL OR size <= $5 OR bucket < 0 OR ($6 > 0 AND (from_low = 1 OR from_high = 1))
  ORDER BY name, step`;

/** Points in order of name and step. */
export async function readMetrics(
  client: Queryable,
  experimentId: string,
  filter: MetricFilter,
): Promise<MetricPoint[]> {
  const { names, fromStep, toStep, maxPoints } = filter;
  const buckets = maxPoints === undefined ? 1 : Math.floor((maxPoints - 2) / 2);
  const { rows } = await client.query<MetricPoint>(select, [
    experimentId,
    names ?? null,
    fromStep ?? null,
    toStep ?? null,
    maxPoints ?? null,
    buckets,
  ]);
  return rows;
}

/** Points written after a sequence number, in the order of writing; what an event stream goes on with. */
export async function metricsAfter(
  client: Queryable,
  experimentId: string,
  seq: number,
  limit: number,
): Promise<(MetricPoint & { seq: number })[]> {
  const { rows } = await client.query<MetricPoint & { seq: number }>(
    'SELECT name, step, value, seq FROM metric WHERE experiment_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
    [experimentId, seq, limit],
  );
  return rows;
}
