import { isNewCheckpoint } from '../checkpoints/new-checkpoint.ts';
import type { Queryable } from '../database.ts';
import { type Fence, StaleAttemptError } from '../stale-attempt-error.ts';
import { interruptedOften, type RetryPolicy } from './retry-policy.ts';

/** Why an attempt ended without an end. */
export type GiveUp = {
  /**
   * by its own fault, from outside, with its worker, or because its worker (or a fresh process) is to go on. Only `crashed` counts
   * towards giving up.
   */
  readonly outcome: 'crashed' | 'interrupted' | 'lost' | 'released';
  readonly reason: string;
  /** what it is instead where the attempt made no new checkpoint */
  readonly withoutCheckpoint?: 'crashed';
};

/** What the log says beside the reason once an experiment was interrupted often. */
const whereToLook =
  'this is not the fault of the run, so it is tried on. Look at what ends processes on the hosts of its attempts: memory ' +
  '(dmesg and the memory limit of the container), a host that is taken away, a full disk or work folder, somebody with kill';

// $1 outcome, $2 reason, $3 most failures, $4 back-off, $5 longest back-off, $6 outcome without a new checkpoint, $7 interruptions
// that are told loudly, $8 what to look at then; `condition` picks the rows. The first interruption costs no wait: what ended the
// process is over, or the next attempt meets it again and waits.
const giveUp = (condition: string) => `
  WITH ended AS (SELECT id, attempt, failures, interruptions, stop_requested, CASE
      WHEN $6::text IS NULL OR EXISTS (SELECT 1 FROM checkpoint JOIN attempt AS own USING (experiment_id)
        WHERE experiment_id = experiment.id AND own.number = experiment.attempt AND checkpoint.attempt = own.number
          AND published_at IS NOT NULL AND ${isNewCheckpoint('checkpoint', 'own')}) THEN $1::text ELSE $6::text END AS outcome
    FROM experiment WHERE status = 'running' AND ${condition} ORDER BY id FOR UPDATE),
  counted AS (SELECT *, (outcome = 'crashed')::int AS failure, (outcome IN ('interrupted', 'lost'))::int AS interruption FROM ended),
  decided AS (SELECT *, CASE
      WHEN stop_requested = 'cancel' THEN 'cancelled' WHEN stop_requested = 'pause' THEN 'paused'
      WHEN failure = 1 AND failures + 1 >= $3 THEN 'failed' ELSE 'queued' END AS next,
    CASE WHEN failure = 1 THEN least($5, $4 * power(2, least(failures, 30)))
      WHEN interruption = 1 AND interruptions > 0 THEN least($5, $4 * power(2, least(interruptions - 1, 30))) ELSE 0 END AS wait_ms
    FROM counted),
  explained AS (SELECT *, $2::text || CASE
      WHEN next = 'failed' THEN ' (' || (failures + 1) || ' attempts in a row; no more are made)'
      WHEN next = 'queued' AND failure + interruption = 1 THEN ' (' || CASE
        WHEN failure = 1 THEN 'failure ' || (failures + 1) || ' of ' || $3 ELSE 'interruption ' || (interruptions + 1) END
        || ' in a row without a new checkpoint; the next attempt '
        || CASE WHEN wait_ms = 0 THEN 'at once' ELSE 'in ' || ceil(wait_ms / 1000) || ' s' END || ')'
      ELSE '' END AS said FROM decided),
  changed AS (UPDATE experiment SET
      status = next::experiment_status, failures = experiment.failures + failure,
      interruptions = experiment.interruptions + interruption, stop_requested = NULL, lease_owner = NULL, lease_expires_at = NULL,
      updated_at = now(), queued_at = now(), status_reason = said,
      error = CASE WHEN next = 'failed' THEN jsonb_build_object('code', outcome, 'message', $2::text, 'retryable', true) END,
      finished_at = CASE WHEN next IN ('failed', 'cancelled') THEN now() END,
      retry_at = CASE WHEN next = 'queued' AND wait_ms > 0 THEN now() + wait_ms * interval '1 ms' END
    FROM explained WHERE experiment.id = explained.id
    RETURNING experiment.id, experiment.attempt, experiment.status, experiment.retry_at, outcome, said,
      interruption = 1 AND experiment.interruptions >= $7 AS alarming),
  closed AS (UPDATE attempt SET ended_at = now(), outcome = changed.outcome, reason = $2
    FROM changed WHERE experiment_id = changed.id AND number = changed.attempt),
  noted AS (INSERT INTO log_line (experiment_id, attempt, level, message)
    SELECT id, attempt, CASE WHEN alarming THEN 'error' WHEN outcome = 'released' THEN 'info' ELSE 'warn' END::log_level,
      'attempt ' || attempt || ' ' || outcome || ': ' || said || CASE WHEN alarming THEN '; ' || $8 ELSE '' END FROM changed),
  told AS (INSERT INTO outbox (experiment_id, available_at)
    SELECT id, coalesce(retry_at, now()) FROM changed WHERE status = 'queued')
  SELECT id FROM changed`;

const parameters = (end: GiveUp, policy: RetryPolicy) => [
  end.outcome,
  end.reason,
  policy.maxFailures,
  policy.backoffMs,
  policy.maxBackoffMs,
  end.withoutCheckpoint ?? null,
  interruptedOften,
  whereToLook,
];

/**
 * Closes a running attempt that did not end by itself. What the user asked meanwhile is honoured; otherwise the experiment is
 * queued again, until too many attempts in a row failed by their own fault without a new checkpoint.
 * @throws StaleAttemptError
 */
export async function giveUpAttempt(client: Queryable, fence: Fence, end: GiveUp, policy: RetryPolicy): Promise<void> {
  const { rowCount } = await client.query(giveUp('id = $9 AND attempt = $10'), [
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
