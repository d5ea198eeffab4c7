import type { Queryable } from '../database.ts';
import { isDue, runningOf } from './line-sql.ts';

// Lines: each sweep of each priority, and what was posted alone. What was begun goes first: it holds work done, and its user waits
// longer. Then the line goes first that had a turn longest ago, so that nobody waits for all of somebody else's sweep.
const next = `
  WITH line AS (SELECT priority, sweep_id, bool_or(attempt > 0) AS is_begun, min(queued_at) AS since FROM experiment
    WHERE status = 'queued' AND device = ANY($1::text[]) AND ${isDue} GROUP BY priority, sweep_id),
  turn AS (SELECT line.* FROM line LEFT JOIN sweep ON sweep.id = sweep_id
    WHERE max_running IS NULL OR max_running > ${runningOf('sweep.id')}
    ORDER BY priority DESC, is_begun DESC, CASE
        WHEN sweep_id IS NULL THEN (SELECT max(claimed_at) FROM experiment WHERE sweep_id IS NULL)
        ELSE (SELECT max(claimed_at) FROM experiment AS served WHERE served.sweep_id = line.sweep_id)
      END NULLS FIRST, since LIMIT 1)
  SELECT experiment.id FROM turn JOIN experiment ON experiment.priority = turn.priority
    AND (experiment.sweep_id = turn.sweep_id OR (turn.sweep_id IS NULL AND experiment.sweep_id IS NULL))
    LEFT JOIN sweep_member AS cell ON cell.sweep_id = turn.sweep_id AND cell.experiment_id = experiment.id
  WHERE status = 'queued' AND device = ANY($1::text[]) AND ${isDue}
  ORDER BY attempt > 0 DESC, queued_at, position LIMIT 1`;

/**
 * Whose turn it is: by priority, then by turns of sweeps and of what was posted alone, in order of posting within each. A look; only
 * a claim takes it, and one that comes too late looks again.
 * @param devices as experiments ask for them
 * @returns an id, or null where nothing waits that may begin
 */
export async function nextExperiment(client: Queryable, devices: readonly string[]): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(next, [devices]);
  return rows[0]?.id ?? null;
}
