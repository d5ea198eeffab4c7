/** Times of the supervisor, in ms, each with its reason. */
export type WorkerNumbers = {
  /** How long an experiment stays with a worker that says nothing. Long enough for a database restart (5 s) and a busy host. */
  readonly leaseMs: number;
  /** How often the lease is renewed: several may fail before it is lost. */
  readonly renewEveryMs: number;
  /** When the supervisor gives up by its own monotonic clock; earlier than Postgres does, so the child is dead by then. */
  readonly ownDeadlineMs: number;
  /** How often a cancel or pause is looked for; a step takes longer. */
  readonly stopPollMs: number;
  /** How long a child may take to stop with a checkpoint (130 MB) before it is killed. */
  readonly stopGraceMs: number;
  /** How long a cancelled child may take: it has nothing to save. */
  readonly cancelGraceMs: number;
  /** How long a child may be silent: tracing and evaluation report more often. */
  readonly stallTimeoutMs: number;
  /** How often the worker shows itself alive. */
  readonly heartbeatMs: number;
  /** How often progress is written at most. */
  readonly progressEveryMs: number;
  /** Wait before a statement is tried again while the database is away. */
  readonly databaseRetryMs: number;
  /** Wait before the queue is told again of a job for which no device was free. */
  readonly putBackMs: number;
};

export const workerNumbers: WorkerNumbers = {
  leaseMs: 30_000,
  renewEveryMs: 5_000,
  ownDeadlineMs: 24_000,
  stopPollMs: 200,
  stopGraceMs: 60_000,
  cancelGraceMs: 15_000,
  stallTimeoutMs: 900_000,
  heartbeatMs: 5_000,
  progressEveryMs: 500,
  databaseRetryMs: 250,
  putBackMs: 1_000,
};
