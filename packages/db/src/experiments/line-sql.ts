/** SQL: a queued experiment that need not wait any more, neither for a time nor for a checkpoint of another run. */
export const isDue = '((retry_at IS NULL OR retry_at <= now()) AND NOT waits)';

/** SQL: how many experiments of a sweep run; `sweepId` is an expression. */
export function runningOf(sweepId: string): string {
  return `(SELECT count(*) FROM experiment AS running WHERE running.status = 'running' AND running.sweep_id = ${sweepId})`;
}
