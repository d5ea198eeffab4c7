/** When an attempt that ended without an end is made again, and when no more. */
export type RetryPolicy = {
  /** attempts in a row, ended by their own fault without a new checkpoint, after which the experiment fails */
  readonly maxFailures: number;
  /** wait before the next attempt; doubled with each further one without a new checkpoint */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
};

export const retryPolicy: RetryPolicy = {
  /** attempts. Five in a row without a new checkpoint is no accident. */
  maxFailures: 5,
  /** ms. Long enough for a full GPU or disk to be freed by others, short enough to watch. */
  backoffMs: 2_000,
  /** ms. */
  maxBackoffMs: 300_000,
};

/**
 * Interruptions in a row without a new checkpoint from which on the log and a gauge tell it loudly. Safety checkpoints come seconds
 * after a start, so ten times too early is a host that ends every process, not ten accidents; and by then the waits add up to eight
 * minutes, in which what was passing has passed.
 */
export const interruptedOften = 10;
