import type { Queryable } from '../database.ts';
import { isUniqueViolation } from '../is-unique-violation.ts';
import { type Fence, StaleAttemptError } from '../stale-attempt-error.ts';
import type { ExperimentFailure } from './experiment-row.ts';

/** How the running attempt ended by its own doing. */
export type Settlement =
  | { readonly status: 'succeeded'; readonly result: object }
  | { readonly status: 'failed'; readonly error: ExperimentFailure }
  | { readonly status: 'cancelled' | 'paused'; readonly reason: string };

const settle = `
  WITH settled AS (UPDATE experiment SET
    status = $3::experiment_status, status_reason = $4, result = $5, error = $6::jsonb,
    lease_owner = NULL, lease_expires_at = NULL, stop_requested = NULL, retry_at = NULL,
    finished_at = CASE WHEN $3 = 'paused' THEN NULL ELSE now() END, updated_at = now(),
    -- One that was posted by somebody who could not see its data answers for what it was from now on.
    dedup_identity = CASE WHEN $3 <> 'succeeded' OR dedup_identity IS NULL OR dedup_identity = identity THEN dedup_identity
      WHEN EXISTS (SELECT 1 FROM experiment AS other WHERE other.dedup_identity = experiment.identity) THEN NULL
      ELSE identity END
  WHERE id = $1 AND attempt = $2 AND status = 'running' RETURNING id),
  closed AS (UPDATE attempt SET ended_at = now(), outcome = $3, reason = $4, error_code = $6::jsonb->>'code'
    FROM settled WHERE experiment_id = settled.id AND number = $2),
  -- The final checkpoint holds the same state as one of its step; one before it stays, for "spherelab verify" to begin at.
  spared AS (DELETE FROM checkpoint USING settled
    WHERE experiment_id = settled.id AND kind = 'latest' AND NOT pinned AND $3 = 'succeeded'
      AND checkpoint.id NOT IN (SELECT kept.id FROM checkpoint kept JOIN checkpoint final USING (experiment_id)
        WHERE kept.experiment_id = settled.id AND kept.kind = 'latest' AND final.kind = 'final' AND kept.step < final.step
        ORDER BY kept.step DESC LIMIT 1)
      AND EXISTS (SELECT 1 FROM checkpoint final WHERE final.experiment_id = settled.id AND final.kind = 'final'
        AND final.published_at IS NOT NULL))
  SELECT count(*) AS settled FROM settled`;

/** Writes the end of an attempt. @throws StaleAttemptError when it is not the running one any more */
export async function settleAttempt(client: Queryable, fence: Fence, end: Settlement): Promise<void> {
  const reason = 'reason' in end ? end.reason : end.status === 'failed' ? end.error.message : null;
  const write = () =>
    client.query<{ settled: number }>(settle, [
      fence.experimentId,
      fence.attempt,
      end.status,
      reason,
      end.status === 'succeeded' ? JSON.stringify(end.result) : null,
      end.status === 'failed' ? JSON.stringify(end.error) : null,
    ]);
  // Somebody posted that identity between the look and the write: the second look sees it.
  const { rows } = await write().catch((error: unknown) => {
    if (!isUniqueViolation(error)) throw error;
    return write();
  });
  if (rows[0]?.settled !== 1) throw new StaleAttemptError(fence);
}
