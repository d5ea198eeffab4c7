/**
 * A write was refused because its attempt is not the running one any more: the lease was lost, or the experiment was settled.
 * Never retryable: who gets it has to stop.
 */
export class StaleAttemptError extends Error {
  readonly code = 'stale_attempt';
  readonly retryable = false;

  constructor(fence: Fence) {
    super(`attempt ${fence.attempt} of experiment ${fence.experimentId} is not the running one`);
    this.name = 'StaleAttemptError';
  }
}

/** What every write of a worker carries. */
export type Fence = { readonly experimentId: string; readonly attempt: number };

/**
 * SQL of the fence, for `WITH fence AS (...)`; $1 is the experiment, $2 the attempt.
 * The share lock makes a claim or a settlement wait for the statement, or the statement see it: there is no moment in between.
 */
export const fenceSql = `SELECT id FROM experiment WHERE id = $1 AND attempt = $2 AND status = 'running' FOR SHARE`;
