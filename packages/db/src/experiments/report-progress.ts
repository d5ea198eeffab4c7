import type { Queryable } from '../database.ts';
import { type Fence, StaleAttemptError } from '../stale-attempt-error.ts';

export type AttemptStart = {
  readonly totalUpdates: number;
  readonly resumedFromStep: number | null;
  readonly environment: Readonly<Record<string, string | number | boolean>>;
};

/** Records with what an attempt runs, and from where it goes on. @throws StaleAttemptError */
export async function recordStart(client: Queryable, fence: Fence, start: AttemptStart): Promise<void> {
  const { rowCount } = await client.query(
    `WITH started AS (UPDATE experiment SET total_updates = $3, steps_done = $4, environment = $5,
         pace_since = now(), pace_from_step = $4, updated_at = now()
       WHERE id = $1 AND attempt = $2 AND status = 'running' RETURNING id)
     UPDATE attempt SET environment = $5, resumed_from_step = $6
       FROM started WHERE experiment_id = started.id AND number = $2`,
    [
      fence.experimentId,
      fence.attempt,
      start.totalUpdates,
      start.resumedFromStep ?? 0,
      JSON.stringify(start.environment),
      start.resumedFromStep,
    ],
  );
  if (rowCount !== 1) throw new StaleAttemptError(fence);
}

/** Records how far an attempt is; `phase` is shown as the reason of the state. @throws StaleAttemptError */
export async function recordProgress(
  client: Queryable,
  fence: Fence,
  progress: { readonly step: number; readonly totalUpdates: number; readonly phase: string },
): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE experiment SET steps_done = $3, total_updates = $4, status_reason = $5, updated_at = now()
     WHERE id = $1 AND attempt = $2 AND status = 'running'`,
    [fence.experimentId, fence.attempt, progress.step, progress.totalUpdates, progress.phase],
  );
  if (rowCount !== 1) throw new StaleAttemptError(fence);
}
