import type { Queryable } from '../database.ts';

/**
 * Lets go of the queued runs whose wait is over, and has the queue told: the checkpoint that they wait for is there, or it will not
 * come, for its run has ended, is paused, was deleted, or went on from further. Safe to run anywhere, at any time, at once.
 * @param parentId of the runs that wait for this one alone; default: of all
 * @returns how many
 */
export async function releaseWaiting(client: Queryable, parentId: string | null = null): Promise<number> {
  const { rowCount } = await client.query(
    `WITH over AS (SELECT child.id FROM experiment AS child LEFT JOIN experiment AS parent ON parent.id = child.parent_id
       WHERE child.status = 'queued' AND child.waits AND ($1::uuid IS NULL OR child.parent_id = $1)
         AND (parent.id IS NULL OR parent.status NOT IN ('queued', 'running')
           OR EXISTS (SELECT 1 FROM checkpoint WHERE experiment_id = parent.id AND kind = 'branch' AND step = child.parent_step
             AND published_at IS NOT NULL)
           OR EXISTS (SELECT 1 FROM attempt WHERE experiment_id = parent.id AND number = parent.attempt
             AND resumed_from_step > child.parent_step AND parent.status = 'running'))
       ORDER BY child.id FOR UPDATE OF child),
     released AS (UPDATE experiment SET waits = false, status_reason = NULL, updated_at = now() FROM over
       WHERE experiment.id = over.id RETURNING experiment.id)
     INSERT INTO outbox (experiment_id) SELECT id FROM released`,
    [parentId],
  );
  return rowCount ?? 0;
}
