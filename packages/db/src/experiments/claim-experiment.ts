import { brief } from '../connection-times.ts';
import type { Queryable } from '../database.ts';
import { type Fence, StaleAttemptError } from '../stale-attempt-error.ts';
import type { Experiment, StopRequest } from './experiment-row.ts';
import { isDue, runningOf } from './line-sql.ts';

export type Claim = {
  readonly worker: string;
  readonly device: string;
  readonly leaseMs: number;
  /** where its process is, for those that can see whether it lives; default unknown */
  readonly process?: { readonly host: string; readonly process: string };
};

// The row of a sweep that may not run more is changed with each claim: of two at once, each of which sees room for one, the second
// finds another number there than it saw and gets nothing.
const claim = `
  WITH seen AS MATERIALIZED (SELECT sweep.id, claims, max_running > ${runningOf('sweep.id')} AS is_open
    FROM sweep JOIN experiment ON experiment.sweep_id = sweep.id WHERE experiment.id = $1 AND max_running IS NOT NULL),
  let_in AS (UPDATE sweep SET claims = sweep.claims + 1 FROM seen
    WHERE sweep.id = seen.id AND is_open AND sweep.claims = seen.claims RETURNING sweep.id),
  claimed AS (UPDATE experiment SET
    status = 'running', status_reason = NULL, attempt = attempt + 1, lease_owner = $2,
    lease_expires_at = now() + $4 * interval '1 ms', stop_requested = NULL, retry_at = NULL, error = NULL,
    pace_since = NULL, pace_from_step = NULL, started_at = coalesce(started_at, now()),
    claimed_at = clock_timestamp(), updated_at = now()
  WHERE id = $1 AND status = 'queued' AND ${isDue}
    AND (NOT EXISTS (SELECT 1 FROM seen) OR EXISTS (SELECT 1 FROM let_in)) RETURNING *),
  opened AS (INSERT INTO attempt (experiment_id, number, worker, device, host, process)
    SELECT id, attempt, $2, $3, $5, $6 FROM claimed)
  SELECT * FROM claimed`;

/**
 * Takes a queued experiment: of any number of workers that try at once, one gets it, with a new attempt number.
 * @returns the row with that number, or null when it is not to be had (settled, paused, running, not due yet, deleted, or as many
 *   of its sweep run as may)
 */
export async function claimExperiment(client: Queryable, id: string, by: Claim): Promise<Experiment | null> {
  const { rows } = await client.query<Experiment>(claim, [
    id,
    by.worker,
    by.device,
    by.leaseMs,
    by.process?.host ?? null,
    by.process?.process ?? null,
  ]);
  return rows[0] ?? null;
}

/**
 * Extends the lease; its end is judged by the clock of Postgres. A lease that ran out is lost even if nobody took it yet.
 * @throws StaleAttemptError when it is lost
 */
export async function renewLease(client: Queryable, fence: Fence, leaseMs: number): Promise<void> {
  const { rowCount } = await client.query(
    brief(
      `UPDATE experiment SET lease_expires_at = now() + $3 * interval '1 ms'
       WHERE id = $1 AND attempt = $2 AND status = 'running' AND lease_expires_at > now()`,
      [fence.experimentId, fence.attempt, leaseMs],
    ),
  );
  if (rowCount !== 1) throw new StaleAttemptError(fence);
}

/** What the user asked of the running attempt. @throws StaleAttemptError when it runs no more */
export async function readStopRequest(client: Queryable, fence: Fence): Promise<StopRequest | null> {
  const { rows } = await client.query<{ stop_requested: StopRequest | null }>(
    brief(`SELECT stop_requested FROM experiment WHERE id = $1 AND attempt = $2 AND status = 'running'`, [
      fence.experimentId,
      fence.attempt,
    ]),
  );
  const row = rows[0];
  if (!row) throw new StaleAttemptError(fence);
  return row.stop_requested;
}
