/** Numbers of the supervisor, each with its reason: times in ms, but for what says otherwise. */
export type WorkerNumbers = {
  /** How long an experiment stays with a worker that says nothing. Long enough to train on through a minute without a database;
   * a dead process is found in seconds by a worker of its host (neighbourWatchMs), so only a lost host costs this much. */
  readonly leaseMs: number;
  /** How often the lease is renewed: several may fail before it is lost. */
  readonly renewEveryMs: number;
  /** When the supervisor gives up by its own monotonic clock; earlier than Postgres does, so the child is dead by then. */
  readonly ownDeadlineMs: number;
  /** How often a cancel or pause is looked for; a step takes longer. */
  readonly stopPollMs: number;
  /** How long a child may take to stop with a checkpoint (130 MB, seconds; k-means is not interrupted) before it is killed. */
  readonly pauseGraceMs: number;
  /** The same where the worker leaves: within drainDeadlineMs, with time to write the end. */
  readonly drainGraceMs: number;
  /** How long a cancelled child may take: it has nothing to save. */
  readonly cancelGraceMs: number;
  /** How long a child may be silent: recording a graph and evaluation report more often. */
  readonly stallTimeoutMs: number;
  /** How many times as long as its slowest step of late a step may take, and a time that is never too long: a busy host, a page
   * cache that has to be filled again. */
  readonly stepTimeoutFactor: number;
  readonly leastStepTimeoutMs: number;
  /** How often a child's memory is looked at: what it held last tells whether the kernel killed it for its size. And how long it is
   * left alone at first: each life of a child gets something done. */
  readonly memoryWatchMs: number;
  readonly leastLifeMs: number;
  /** How long a trainer waits for the next attempt on its device, with some 500 MB: longer than it takes to post the next run by hand. */
  readonly warmIdleMs: number;
  /** MB by which it may have grown since its first run: pictures (512 MiB at most), networks that it keeps, what the allocator does not give back. */
  readonly warmGrowthMb: number;
  /** How often the worker shows itself alive. */
  readonly heartbeatMs: number;
  /** How often it looks for dead workers of its own host (an indexed read), and how long their trainers are given to be dead too:
   * twice the time in which a trainer notices (orphan-watch.ts). */
  readonly neighbourWatchMs: number;
  readonly orphanTimeMs: number;
  /** How often it looks for a finished run to verify while a device is free. */
  readonly verificationWatchMs: number;
  /** How long the whole worker may take to leave; less than the 30 s that the launcher gives it and the 60 s of Kubernetes. */
  readonly drainDeadlineMs: number;
  /** How often progress is written at most. */
  readonly progressEveryMs: number;
  /** Wait before a statement is tried again while the database is away. */
  readonly databaseRetryMs: number;
  /** Wait before the queue is told again of a job for which no device was free. */
  readonly putBackMs: number;
};

export const workerNumbers: WorkerNumbers = {
  leaseMs: 90_000,
  renewEveryMs: 5_000,
  ownDeadlineMs: 75_000,
  stopPollMs: 200,
  pauseGraceMs: 60_000,
  drainGraceMs: 20_000,
  cancelGraceMs: 15_000,
  stallTimeoutMs: 900_000,
  stepTimeoutFactor: 30,
  leastStepTimeoutMs: 60_000,
  memoryWatchMs: 500,
  leastLifeMs: 60_000,
  warmIdleMs: 120_000,
  warmGrowthMb: 1_024,
  heartbeatMs: 5_000,
  neighbourWatchMs: 500,
  orphanTimeMs: 500,
  verificationWatchMs: 1_000,
  drainDeadlineMs: 28_000,
  progressEveryMs: 500,
  databaseRetryMs: 250,
  putBackMs: 1_000,
};
