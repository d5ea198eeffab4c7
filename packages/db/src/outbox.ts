import type { Queryable } from './database.ts';
import { isDue, runningOf } from './experiments/line-sql.ts';

/** What the queue is told about one experiment: enough to place the job, nothing that the worker relies on. */
export type QueueHint = {
  readonly id: string;
  /** the attempt that the claim will follow; part of the job's id, so that a hint of an earlier round is not taken for this one */
  readonly attempt: number;
  readonly priority: number;
  readonly device: string;
};

/**
 * Takes due rows from the outbox, in order; the caller tells the queue before its transaction ends. If it dies in between, the
 * rows are still there: the queue may be told twice, never not at all. Rows of experiments that are queued no more are dropped.
 */
export async function takeFromOutbox(client: Queryable, limit: number): Promise<{ taken: number; hints: QueueHint[] }> {
  const { rows } = await client.query<QueueHint & { outbox_id: number; status: string }>(
    `WITH due AS (SELECT id FROM outbox WHERE available_at <= now() ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED),
     taken AS (DELETE FROM outbox USING due WHERE outbox.id = due.id RETURNING outbox.id, outbox.experiment_id)
     SELECT taken.id AS outbox_id, experiment.id, attempt, priority, device, status
     FROM taken JOIN experiment ON experiment.id = taken.experiment_id ORDER BY taken.id`,
    [limit],
  );
  const hints = rows.filter((row) => row.status === 'queued');
  return {
    taken: rows.length,
    hints: hints.map(({ id, attempt, priority, device }) => ({ id, attempt, priority, device })),
  };
}

/** Has the queue told again, not before a wait: for a job that its worker could not take on. */
export async function putBackToOutbox(client: Queryable, experimentId: string, waitMs: number): Promise<void> {
  await client.query(
    `INSERT INTO outbox (experiment_id, available_at)
     SELECT id, now() + $2 * interval '1 ms' FROM experiment WHERE id = $1 AND status = 'queued'`,
    [experimentId, waitMs],
  );
}

/**
 * Experiments that could be claimed now and that the outbox does not hold, at most so many for each sweep, those posted alone, and
 * priority: the queue ought to know them. A job wakes a worker, which asks for the next in line, so the first of a long line do.
 */
export async function queuedHints(client: Queryable, most: number): Promise<QueueHint[]> {
  const { rows } = await client.query<QueueHint>(
    `WITH line AS (SELECT priority, sweep_id FROM experiment WHERE status = 'queued' AND ${isDue} GROUP BY priority, sweep_id),
     room AS (SELECT line.*, least($1, max_running - ${runningOf('sweep.id')}) AS places
       FROM line LEFT JOIN sweep ON sweep.id = sweep_id)
     SELECT first.* FROM room CROSS JOIN LATERAL (SELECT id, attempt, priority, device FROM experiment
       WHERE status = 'queued' AND ${isDue} AND priority = room.priority
         AND (sweep_id = room.sweep_id OR (room.sweep_id IS NULL AND sweep_id IS NULL))
         AND NOT EXISTS (SELECT 1 FROM outbox WHERE experiment_id = experiment.id)
       ORDER BY queued_at LIMIT greatest(0, places)) AS first`,
    [most],
  );
  return rows;
}

/** Rows that wait in the outbox. */
export async function countOutbox(client: Queryable): Promise<number> {
  const { rows } = await client.query<{ count: number }>('SELECT count(*) FROM outbox');
  return rows[0]?.count ?? 0;
}

/** Which of these experiments are queued. */
export async function queuedAmong(client: Queryable, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM experiment WHERE id = ANY($1::uuid[]) AND status = 'queued'`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}
