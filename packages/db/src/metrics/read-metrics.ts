import type { Queryable } from '../database.ts';
import type { MetricPoint } from './write-metrics.ts';

export type MetricFilter = {
  readonly names?: readonly string[] | undefined;
  readonly fromStep?: number | undefined;
  readonly toStep?: number | undefined;
  /** most points of one series; extremes are kept. At least 2 */
  readonly maxPoints?: number | undefined;
};

const range = 'step >= coalesce($2::int, 0) AND step <= coalesce($3::int, 2147483647)';

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
      `SELECT name, step, value FROM metric WHERE experiment_id = $1 AND ${range}
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

/**
 * The first and the last point, and of each of equal spans of steps between them the lowest and the highest. One pass: the least
 * and the greatest pair of value and step. @param key experiment, first step, last step, name
 */
async function thinnedSeries(client: Queryable, key: readonly unknown[], maxPoints: number): Promise<MetricPoint[]> {
  const one = `FROM metric WHERE experiment_id = $1 AND ${range} AND name = $4`;
  const select = `SELECT name, step, value ${one} ORDER BY step`;
  const { rows } = await client.query<MetricPoint>(`${select} LIMIT $5`, [...key, maxPoints + 1]);
  const first = rows[0];
  if (first === undefined || rows.length <= maxPoints) return rows;
  const last = (await client.query<MetricPoint>(`${select} DESC LIMIT 1`, [...key])).rows[0] as MetricPoint;
  const spans = Math.floor((maxPoints - 2) / 2);
  if (spans === 0) return [first, last];
  const { rows: extremes } = await client.query<{ low: number[]; high: number[] }>(
    `SELECT min(ARRAY[value, step]) AS low, max(ARRAY[value, -step]) AS high
     FROM (SELECT value, step, ((step - $5)::bigint * $7 / ($6 - $5))::int AS span ${one} AND step > $5 AND step < $6) AS inner_points
     GROUP BY span`,
    [...key, first.step, last.step, spans],
  );
  const kept = new Map<number, number>([[first.step, first.value]]);
  for (const { low, high } of extremes) {
    kept.set(low[1] as number, low[0] as number);
    kept.set(-(high[1] as number), high[0] as number);
  }
  kept.set(last.step, last.value);
  return [...kept].sort(([a], [b]) => a - b).map(([step, value]) => ({ name: first.name, step, value }));
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
