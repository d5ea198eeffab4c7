import type { Queryable } from '../database.ts';
import { type Fence, StaleAttemptError } from '../stale-attempt-error.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** Why an attempt ended without an end: its process broke, its lease ran out, or its worker is leaving in order. */
export type GiveUp = { readonly outcome: 'crashed' | 'lost' | 'released'; readonly reason: string };

// $1 outcome, $2 reason, $3 most failures, $4 back-off, $5 longest back-off; `condition` picks the rows.
const giveUp = (condition: string) => `
  WITH broken AS (SELECT id, attempt, ($1 <> 'released')::int AS failure, CASE
      WHEN stop_requested = 'cancel' THEN 'cancelled' WHEN stop_requested = 'pause' THEN 'paused'
      WHEN $1 <> 'released' AND failures + 1 >= $3 THEN 'failed' ELSE 'queued' END AS next
    FROM experiment WHERE status = 'running' AND ${condition} FOR UPDATE),
  changed AS (UPDATE experiment SET
      status = next::experiment_status, failures = failures + failure, stop_requested = NULL, lease_owner = NULL,
      lease_expires_at = NULL, updated_at = now(), queued_at = now(),
      status_reason = CASE WHEN next = 'failed' THEN $2 || ' (' || (failures + 1) || ' attempts in a row; no more are made)' ELSE $2 END,
      error = CASE WHEN next = 'failed' THEN jsonb_build_object('code', $1, 'message', $2, 'retryable', true) END,
      finished_at = CASE WHEN next IN ('failed', 'cancelled') THEN now() END,
      retry_at = CASE WHEN next = 'queued' AND failure = 1 THEN now() + least($5, $4 * power(2, failures)) * interval '1 ms' END
    FROM broken WHERE experiment.id = broken.id RETURNING experiment.id, experiment.attempt, experiment.status, experiment.retry_at),
  closed AS (UPDATE attempt SET ended_at = now(), outcome = $1, reason = $2
    FROM changed WHERE experiment_id = changed.id AND number = changed.attempt),
  noted AS (INSERT INTO log_line (experiment_id, attempt, level, message)
    SELECT id, attempt, CASE WHEN $1 = 'released' THEN 'info' ELSE 'warn' END::log_level, 'attempt ' || attempt || ' ' || $1 || ': ' || $2 FROM changed),
  told AS (INSERT INTO outbox (experiment_id, available_at)
    SELECT id, coalesce(retry_at, now()) FROM changed WHERE status = 'queued')
  SELECT id FROM changed`;

const parameters = (end: GiveUp, policy: RetryPolicy) => [
  end.outcome,
  end.reason,
  policy.maxFailures,
  policy.backoffMs,
  policy.maxBackoffMs,
];

/**
 * Closes a running attempt that did not end by itself. What the user asked meanwhile is honoured; otherwise the experiment is
 * queued again, after a back-off, until too many attempts in a row broke without a new checkpoint.
 * @throws StaleAttemptError
 */
export async function giveUpAttempt(client: Queryable, fence: Fence, end: GiveUp, policy: RetryPolicy): Promise<void> {
  const { rowCount } = await client.query(giveUp('id = $6 AND attempt = $7'), [
    ...parameters(end, policy),
    fence.experimentId,
    fence.attempt,
  ]);
  if (rowCount !== 1) throw new StaleAttemptError(fence);
}

/** Closes every attempt whose lease ran out. Safe to run anywhere, at any time, at once. @returns ids of its experiments */
export async function giveUpExpiredAttempts(client: Queryable, policy: RetryPolicy): Promise<string[]> {
  const end: GiveUp = { outcome: 'lost', reason: 'its worker stopped renewing the lease' };
  const { rows } = await client.query<{ id: string }>(giveUp('lease_expires_at < now()'), parameters(end, policy));
  return rows.map((row) => row.id);
}
