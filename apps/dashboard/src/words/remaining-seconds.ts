import type { Experiment } from '../api/types.ts';

/**
 * Seconds until a running experiment is done, from its mean pace since it started; null before it has one. A run that was
 * paused or retried counts the time in between, so its estimate errs on the long side.
 */
export function remainingSeconds(experiment: Experiment, now = Date.now()): number | null {
  const { status, started_at, steps_done, total_updates } = experiment;
  if (status !== 'running' || started_at === null || total_updates === null || steps_done < 2) return null;
  const elapsed = (now - Date.parse(started_at)) / 1000;
  return ((total_updates - steps_done) * elapsed) / steps_done;
}
