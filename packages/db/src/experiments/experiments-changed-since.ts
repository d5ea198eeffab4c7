import type { Queryable } from '../database.ts';
import type { Experiment } from './experiment-row.ts';

/**
 * Experiments that changed at or after a time of Postgres, earliest change first; `now` is where to look from next time.
 * `since` null: nothing yet, only the time.
 */
export async function experimentsChangedSince(
  client: Queryable,
  since: Date | null,
  limit: number,
): Promise<{ readonly now: Date; readonly experiments: Experiment[] }> {
  const clock = await client.query<{ now: Date }>('SELECT now() AS now');
  const now = clock.rows[0]?.now ?? new Date();
  if (since === null) return { now, experiments: [] };
  const { rows } = await client.query<Experiment>(
    'SELECT * FROM experiment WHERE updated_at >= $1 ORDER BY updated_at, id LIMIT $2',
    [since, limit],
  );
  return { now, experiments: rows };
}
