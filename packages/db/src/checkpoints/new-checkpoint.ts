/**
 * SQL: whether a checkpoint shows that an attempt got on: a run can go on from it, further than where the attempt began. What is
 * `best` is made again by each attempt that repeats its evaluation, and nobody goes on from it.
 */
export const isNewCheckpoint = (checkpoint: string, attempt: string) =>
  `(${checkpoint}.kind = 'final' OR (${checkpoint}.kind = 'latest' AND ${checkpoint}.step > coalesce(${attempt}.resumed_from_step, 0)))`;
