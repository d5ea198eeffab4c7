import type { Queryable } from '../database.ts';
import type { Experiment } from './experiment-row.ts';

/** A place in the order of changes. The rows of one transaction share their time, so the id is part of it. */
export type ChangePosition = { readonly time: Date; readonly id: string };

/** Before every id. */
const firstId = '00000000-0000-0000-0000-000000000000';

/** Where the changes from a time of Postgres on begin; `msAgo` before now. */
export async function changePosition(client: Queryable, msAgo: number): Promise<ChangePosition> {
  const { rows } = await client.query<{ time: Date }>(`SELECT now() - $1 * interval '1 ms' AS time`, [msAgo]);
  return { time: rows[0]?.time ?? new Date(0), id: firstId };
}

/** Experiments that changed after a position, earliest change first. */
export async function experimentsChangedSince(
  client: Queryable,
  { time, id }: ChangePosition,
  limit: number,
): Promise<Experiment[]> {
  const { rows } = await client.query<Experiment>(
    'SELECT * FROM experiment WHERE (updated_at, id) > ($1, $2) ORDER BY updated_at, id LIMIT $3',
    [time, id, limit],
  );
  return rows;
}
