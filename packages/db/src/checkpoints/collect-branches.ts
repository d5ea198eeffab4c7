import type { Queryable } from '../database.ts';
import { isBestOfBranch } from './best-of-branch.ts';

/** SQL: a branch from which no run is still to go on: each that was planned to has a checkpoint of its own, or ended. */
const isIdleBranch = `(checkpoint.kind = 'branch' AND checkpoint.published_at IS NOT NULL AND NOT checkpoint.pinned
  AND NOT EXISTS (SELECT 1 FROM experiment AS child WHERE parent_id = checkpoint.experiment_id AND parent_step = checkpoint.step
    AND status IN ('queued', 'running', 'paused') AND NOT EXISTS (SELECT 1 FROM checkpoint AS own
      WHERE own.experiment_id = child.id AND own.kind IN ('latest', 'final') AND own.published_at IS NOT NULL)))`;

/** SQL for retention/leftovers.ts. */
export const countIdleBranches = `SELECT count(*), coalesce(sum(bytes), 0)::bigint AS bytes FROM checkpoint WHERE ${isIdleBranch}`;

/**
 * Deletes the branches that no run needs any more, and with the last of them the earlier bests that were kept for them.
 * @returns how many
 */
export async function collectBranches(client: Queryable): Promise<number> {
  const branches = await client.query(`DELETE FROM checkpoint WHERE ${isIdleBranch}`);
  const bests = await client.query(
    `DELETE FROM checkpoint WHERE kind = 'best' AND published_at IS NOT NULL AND NOT pinned AND NOT ${isBestOfBranch('checkpoint')}
       AND EXISTS (SELECT 1 FROM checkpoint AS newer WHERE newer.experiment_id = checkpoint.experiment_id AND newer.kind = 'best'
         AND newer.published_at IS NOT NULL AND newer.step > checkpoint.step)`,
  );
  return (branches.rowCount ?? 0) + (bests.rowCount ?? 0);
}
