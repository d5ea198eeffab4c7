import type { Experiment } from '../api/types.ts';

/** Seconds until a sweep is done, at the pace of its updates since the first of them; null before it has one. */
export function sweepRemaining(runs: readonly Experiment[], now = Date.now()): number | null {
  const isOpen = ({ status }: Experiment) => status === 'queued' || status === 'running';
  if (!runs.some(isOpen)) return null;
  const starts = runs.flatMap(({ started_at }) => (started_at === null ? [] : [Date.parse(started_at)]));
  const done = runs.reduce((sum, { steps_done }) => sum + steps_done, 0);
  if (starts.length === 0 || done < 2) return null;
  const known = runs.find(({ total_updates }) => total_updates !== null)?.total_updates ?? 0;
  const left = runs.filter(isOpen).reduce((sum, run) => sum + (run.total_updates ?? known) - run.steps_done, 0);
  return (left * (now - Math.min(...starts))) / 1000 / done;
}
