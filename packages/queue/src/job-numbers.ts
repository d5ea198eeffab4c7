/**
 * Every number of the queue, with its unit and its reason. The queue is a hint of what to run next; Postgres is the truth, so
 * none of these numbers decides whether an experiment runs.
 */
export const jobNumbers = {
  /** ms. The supervisor never blocks, so a lock of 10 s is renewed in time; the job of one that died before its claim comes back after it. */
  lockDurationMs: 10_000,
  /** ms. How often a worker looks for jobs of dead ones; below the lock, so that the lock is what is waited for. */
  stalledIntervalMs: 5_000,
  /** times. A job may outlive any number of killed workers: whether to go on is judged by the row, not by BullMQ, whose
   * default of 1 fails a job for good at the second kill. */
  maxStalledCount: 1_000_000,
  /** times. A processor throws only where Postgres is out of reach; the reconciler makes a new job then. */
  attempts: 1,
  /** s. Longest block of an idle worker on its queue; a job wakes it at once. */
  drainDelayS: 5,
  /** ms. A store that is silent for longer is cut off from us (a half-open connection): connect anew. Three times drainDelayS. */
  answerWithinMs: 15_000,
  /** ms. When Postgres ends a statement of the queue; before we give it up ourselves, so that none goes on that nobody waits for. */
  statementTimeoutMs: 12_000,
  /** ms. When Postgres ends a transaction whose client says nothing. BullMQ makes its schema under a lock at every start, and never
   * pauses in a transaction: one that does is cut off, and nobody else could start until its session ends. */
  idleInTransactionTimeoutMs: 10_000,
  /** s. First probe of a silent session by Postgres, between probes, and how many may fail; by default it would be two hours. */
  keepAliveIdleS: 10,
  keepAliveIntervalS: 5,
  keepAliveCount: 3,
  /** ms. Wait before the store is asked again after it refused; BullMQ's own 15 s would be most of a recovery. */
  retryDelayMs: 1_000,
  /** errors within `stormMs`, ms, after which a consumer is replaced, and the wait before. BullMQ remembers a failed start for good,
   * and asks again without a pause after an error that it does not take for one of the connection: 50,000 times a second. */
  stormErrors: 20,
  stormMs: 1_000,
  /** BullMQ runs the lowest number first, ours the highest: counted down from here. 0 would jump the queue. */
  priorityOrigin: 1_000,
  /** connections of one process to the Postgres store; each queue or worker has one more that listens */
  poolSize: 2,
} as const;
