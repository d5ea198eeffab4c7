import type { Database, Queryable } from '../database.ts';
import type { Fence } from '../stale-attempt-error.ts';

/** One try to run an experiment. */
export type Attempt = {
  readonly number: number;
  readonly worker: string;
  readonly device: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  /** succeeded, failed, cancelled, paused, released, crashed, interrupted or lost; null while it runs */
  readonly outcome: string | null;
  readonly reason: string | null;
  /** code of the error, for an attempt that failed */
  readonly error_code: string | null;
  readonly resumed_from_step: number | null;
};

/** Attempts of an experiment, first one first. */
export function listAttempts(database: Database, experimentId: string): Promise<Attempt[]> {
  return database.prisma.attempt.findMany({
    where: { experiment_id: experimentId },
    orderBy: { number: 'asc' },
    omit: { experiment_id: true, environment: true, host: true, process: true },
  });
}

/** Code of the error with which the attempt before one ended; null where it did not fail. */
export async function previousErrorCode(client: Queryable, { experimentId, attempt }: Fence): Promise<string | null> {
  const { rows } = await client.query<{ error_code: string | null }>(
    'SELECT error_code FROM attempt WHERE experiment_id = $1 AND number = $2 - 1',
    [experimentId, attempt],
  );
  return rows[0]?.error_code ?? null;
}

/** Running attempts of processes on one host. */
export async function attemptsOnHost(
  client: Queryable,
  host: string,
): Promise<(Fence & { readonly process: string })[]> {
  const { rows } = await client.query<Fence & { process: string }>(
    `SELECT experiment.id AS "experimentId", experiment.attempt, process FROM experiment
     JOIN attempt ON experiment_id = experiment.id AND number = experiment.attempt
     WHERE experiment.status = 'running' AND host = $1`,
    [host],
  );
  return rows;
}
