import type { Queryable } from '../database.ts';

/** Which stretches of a run are computed again: one between two kept checkpoints, or all. */
export type VerificationStretch = 'random' | 'all';

/** A finished run that is, or was, checked against what it says it is. */
export type Verification = {
  readonly id: string;
  readonly experiment_id: string;
  readonly stretch: VerificationStretch;
  /** who does it, or did */
  readonly worker: string | null;
  /** what was found (packages/training, verification.ts); null until it is done */
  readonly report: Readonly<Record<string, unknown>> | null;
  readonly requested_at: Date;
  readonly finished_at: Date | null;
};

const columns = 'id, experiment_id, stretch, worker, report, requested_at, finished_at';

/** Asks for a verification. @returns null where the run has not succeeded, or is not there */
export async function requestVerification(
  client: Queryable,
  experimentId: string,
  stretch: VerificationStretch,
): Promise<Verification | null> {
  const { rows } = await client.query<Verification>(
    `INSERT INTO verification (experiment_id, stretch) SELECT id, $2 FROM experiment WHERE id = $1 AND status = 'succeeded'
     RETURNING ${columns}`,
    [experimentId, stretch],
  );
  return rows[0] ?? null;
}

/** Verifications of a run, newest first. */
export async function listVerifications(client: Queryable, experimentId: string): Promise<Verification[]> {
  const { rows } = await client.query<Verification>(
    `SELECT ${columns} FROM verification WHERE experiment_id = $1 ORDER BY requested_at DESC, id`,
    [experimentId],
  );
  return rows;
}

/** Whether one waits: a cheap question, for it is asked again and again. */
export async function isVerificationWaiting(client: Queryable): Promise<boolean> {
  const { rows } = await client.query(
    'SELECT 1 FROM verification WHERE finished_at IS NULL AND (claimed_until IS NULL OR claimed_until < now()) LIMIT 1',
  );
  return rows.length > 0;
}

/**
 * Takes one that waits, or whose worker said nothing more in time. A run that was made on a GPU is taken by those who have one.
 * @returns null where there is none
 */
export async function claimVerification(
  client: Queryable,
  by: { readonly worker: string; readonly hasGpu: boolean; readonly leaseMs: number },
): Promise<Verification | null> {
  const { rows } = await client.query<Verification>(
    `UPDATE verification SET worker = $1, claimed_until = now() + $3 * interval '1 ms' WHERE id = (
       SELECT verification.id FROM verification JOIN experiment ON experiment.id = experiment_id
       WHERE verification.finished_at IS NULL AND (claimed_until IS NULL OR claimed_until < now())
         AND ($2 OR coalesce(environment->>'device', 'cpu') = 'cpu')
       ORDER BY requested_at LIMIT 1 FOR UPDATE OF verification SKIP LOCKED)
     RETURNING ${columns}`,
    [by.worker, by.hasGpu, by.leaseMs],
  );
  return rows[0] ?? null;
}

/** Keeps a claim. @returns whether it still is this worker's */
export async function renewVerification(
  client: Queryable,
  id: string,
  worker: string,
  leaseMs: number,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE verification SET claimed_until = now() + $3 * interval '1 ms'
     WHERE id = $1 AND worker = $2 AND finished_at IS NULL AND claimed_until > now()`,
    [id, worker, leaseMs],
  );
  return rowCount === 1;
}

/** Writes what was found; nothing where another has it by now. */
export async function finishVerification(client: Queryable, id: string, worker: string, report: object): Promise<void> {
  await client.query(
    `UPDATE verification SET report = $3, finished_at = now(), claimed_until = NULL
     WHERE id = $1 AND worker = $2 AND finished_at IS NULL`,
    [id, worker, JSON.stringify(report)],
  );
}
