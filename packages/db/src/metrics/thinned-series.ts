import type { Queryable } from '../database.ts';
import type { MetricPoint } from './write-metrics.ts';

/** SQL: $2 and $3 are the first and the last step that are wanted, or null. */
export const stepRange = 'step >= coalesce($2::int, 0) AND step <= coalesce($3::int, 2147483647)';

/** Experiment, first step, last step, name: the parameters $1 to $4. */
type SeriesKey = readonly unknown[];

const series = `FROM metric WHERE experiment_id = $1 AND ${stepRange} AND name = $4`;
const select = `SELECT name, step, value ${series} ORDER BY step`;
/** Values that are fetched at once: 8 MB. */
const mostValues = 1_000_000;
const valueBytes = 8;

/**
 * A series of at most `maxPoints`: as it is, or its first and last point and, of each of equal spans of steps between them, the
 * lowest and the highest; of equal ones the earliest.
 */
export async function thinnedSeries(client: Queryable, key: SeriesKey, maxPoints: number): Promise<MetricPoint[]> {
  const { rows } = await client.query<MetricPoint>(`${select} LIMIT $5`, [...key, maxPoints + 1]);
  const [first, second] = rows;
  if (first === undefined || second === undefined || rows.length <= maxPoints) return rows;
  const last = (await client.query<MetricPoint>(`${select} DESC LIMIT 1`, [...key])).rows[0] as MetricPoint;
  const spans = Math.floor((maxPoints - 2) / 2);
  if (spans === 0) return [first, last];
  const bounds = { first: first.step, last: last.step, spans };
  const inner =
    (await extremesOfRegular(client, key, bounds, second.step - first.step)) ?? (await extremesOf(client, key, bounds));
  const points = new Map([[first.step, first.value], ...inner, [last.step, last.value]]);
  return [...points].sort(([a], [b]) => a - b).map(([step, value]) => ({ name: first.name, step, value }));
}

type Bounds = { readonly first: number; readonly last: number; readonly spans: number };
type StepValues = [step: number, value: number][];

/**
 * Almost every series has a point at each multiple of something. Then the values alone, in order, say everything, and are read in
 * half the time that Postgres takes to look for extremes with their steps. Null where the steps are not regular: as many as there
 * would be, all multiples and all different is regular.
 */
async function extremesOfRegular(
  client: Queryable,
  key: SeriesKey,
  { first, last, spans }: Bounds,
  stride: number,
): Promise<StepValues | null> {
  const count = (last - first) / stride + 1;
  if (!Number.isInteger(count) || count > mostValues) return null;
  const { rows } = await client.query<{ values: Buffer; count: number; regular: boolean }>(
    `SELECT string_agg(float8send(value), '') AS values, count(*) AS count, bool_and((step - $5) % $6 = 0) AS regular
     FROM (SELECT step, value ${series} ORDER BY step) AS ordered`,
    [...key, first, stride],
  );
  const row = rows[0];
  if (row?.count !== count || !row.regular) return null;
  const valueAt = (index: number): number => row.values.readDoubleBE(index * valueBytes);
  const points: StepValues = [];
  for (let begin = 1, span = 0; span < spans; span += 1) {
    // The last index whose step is still in the span: (step - first) * spans / (last - first) rounds down to it.
    const end = Math.ceil(((span + 1) * (count - 1)) / spans) - 1;
    let [low, high] = [begin, begin];
    for (let index = begin + 1; index <= end; index += 1) {
      if (isBelow(valueAt(index), valueAt(low))) low = index;
      if (isBelow(valueAt(high), valueAt(index))) high = index;
    }
    if (begin <= end) for (const index of [low, high]) points.push([first + index * stride, valueAt(index)]);
    begin = Math.max(begin, end + 1);
  }
  return points;
}

/** In the order of Postgres: NaN is above all. */
function isBelow(a: number, b: number): boolean {
  return a < b || (Number.isNaN(b) && !Number.isNaN(a));
}

/** One pass: the least and the greatest pair of value and step of each span. */
async function extremesOf(client: Queryable, key: SeriesKey, { first, last, spans }: Bounds): Promise<StepValues> {
  const { rows } = await client.query<{ low: [number, number]; high: [number, number] }>(
    `SELECT min(ARRAY[value, step]) AS low, max(ARRAY[value, -step]) AS high
     FROM (SELECT value, step, ((step - $5)::bigint * $7 / ($6 - $5))::int AS span ${series} AND step > $5 AND step < $6) AS inner_points
     GROUP BY span`,
    [...key, first, last, spans],
  );
  return rows.flatMap(
    ({ low, high }): StepValues => [
      [low[1], low[0]],
      [-high[1], high[0]],
    ],
  );
}
