import type { Queryable } from '../database.ts';
import { stepRange, thinnedSeries } from './thinned-series.ts';
import type { MetricPoint } from './write-metrics.ts';

export type MetricFilter = {
  readonly names?: readonly string[] | undefined;
  readonly fromStep?: number | undefined;
  readonly toStep?: number | undefined;
  /** most points of one series; extremes are kept. At least 2 */
  readonly maxPoints?: number | undefined;
};

/** Points in order of name and step; a series with more than `maxPoints` is thinned. */
export async function readMetrics(
  client: Queryable,
  experimentId: string,
  filter: MetricFilter,
): Promise<MetricPoint[]> {
  const { names, fromStep, toStep, maxPoints } = filter;
  const cut = [experimentId, fromStep ?? null, toStep ?? null];
  if (maxPoints === undefined) {
    const { rows } = await client.query<MetricPoint>(
      `SELECT name, step, value FROM metric WHERE experiment_id = $1 AND ${stepRange}
       AND ($4::text[] IS NULL OR name = ANY($4)) ORDER BY name, step`,
      [...cut, names ?? null],
    );
    return rows;
  }
  const series = names === undefined ? await seriesNames(client, experimentId) : [...new Set(names)].sort();
  const points: MetricPoint[] = [];
  for (const name of series) points.push(...(await thinnedSeries(client, [...cut, name], maxPoints)));
  return points;
}

/** Names of an experiment's series: one look into the index for each, however long they are. */
async function seriesNames(client: Queryable, experimentId: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `WITH RECURSIVE found AS (
       (SELECT name FROM metric WHERE experiment_id = $1 ORDER BY name LIMIT 1)
       UNION ALL SELECT (SELECT name FROM metric WHERE experiment_id = $1 AND name > found.name ORDER BY name LIMIT 1)
       FROM found WHERE found.name IS NOT NULL)
     SELECT name FROM found WHERE name IS NOT NULL ORDER BY name`,
    [experimentId],
  );
  return rows.map((row) => row.name);
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
