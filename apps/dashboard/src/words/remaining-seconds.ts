import type { Experiment } from '../api/types.ts';

/** Seconds until a running experiment is done, from the mean pace of its present attempt; null before it has one. */
export function remainingSeconds(experiment: Experiment, now = Date.now()): number | null {
  const { status, pace, steps_done, total_updates } = experiment;
  if (status !== 'running' || pace === null || total_updates === null) return null;
  const done = steps_done - pace.from_step;
  const elapsed = (now - Date.parse(pace.since)) / 1000;
  return done < 2 ? null : ((total_updates - steps_done) * elapsed) / done;
}
