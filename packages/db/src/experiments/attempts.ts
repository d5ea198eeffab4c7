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
