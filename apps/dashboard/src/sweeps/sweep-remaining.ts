import type { Experiment } from '../api/types.ts';

/** Seconds until a sweep is done, at the pace of the runs that train now; null while none has a pace. */
export function sweepRemaining(runs: readonly Experiment[], now = Date.now()): number | null {
  const running = runs.filter(({ status }) => status === 'running');
  const paces = running.flatMap(({ pace, steps_done }) => {
    const done = pace === null ? 0 : steps_done - pace.from_step;
    return pace === null || done < 2 ? [] : [(1000 * done) / (now - Date.parse(pace.since))];
  });
  if (paces.length === 0) return null;
  // One that is about to begin will be as fast as the others.
  const updatesPerS = (paces.reduce((sum, pace) => sum + pace, 0) * running.length) / paces.length;
  const known = runs.find(({ total_updates }) => total_updates !== null)?.total_updates ?? 0;
  const open = runs.filter(({ status }) => status === 'queued' || status === 'running');
  return open.reduce((sum, run) => sum + (run.total_updates ?? known) - run.steps_done, 0) / updatesPerS;
}
