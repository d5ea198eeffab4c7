import type { Database } from '../database.ts';

/** One try to run an experiment. */
export type Attempt = {
  readonly number: number;
  readonly worker: string;
  readonly device: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  /** succeeded, failed, cancelled, paused, released, crashed or lost; null while it runs */
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly resumed_from_step: number | null;
};

/** Attempts of an experiment, first one first. */
export function listAttempts(database: Database, experimentId: string): Promise<Attempt[]> {
  return database.prisma.attempt.findMany({
    where: { experiment_id: experimentId },
    orderBy: { number: 'asc' },
    omit: { experiment_id: true, environment: true },
  });
}
