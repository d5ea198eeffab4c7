import type { ResolvedStudy, SweepPlan } from '../server/api-types.ts';

/** What a sweep costs, in a line. */
export function planText({ cells, updates_asked, updates_to_run, seconds }: SweepPlan): string {
  const counts = `${cells} cells, ${updates_asked} updates asked, ${updates_to_run} to run`;
  return `${counts}; ${timeText(seconds)}`;
}

/** What a study costs at most, in a line. */
export function studyCostText({ runs_at_most: runs, seconds_at_most: seconds }: ResolvedStudy): string {
  return `${runs} runs at most; ${timeText(seconds)}`;
}

function timeText(seconds: number | null): string {
  return seconds === null ? 'no past run tells how long that takes' : `about ${durationText(seconds)} of one device`;
}

function durationText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
