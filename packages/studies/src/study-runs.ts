import { isSettled, type RunState, type Settings } from '@spherelab/config';
import type { PlannedRun, StudyPlan } from './study-plan.ts';

/** A planned run that was started, and how it stands. */
export type StudyRun = PlannedRun & {
  readonly experiment_id: string;
  readonly status: RunState;
  /** of its last evaluation; null until it succeeded */
  readonly metrics: Readonly<Record<string, number>> | null;
  /** why it failed, in words */
  readonly error: string | null;
};

/** One setting that an arm tried. */
export type TrialState = {
  readonly trial: number;
  readonly settings: Settings;
  /** over the seeds of the search, on validation classes; null until all of them ended, and where none succeeded */
  readonly mean: number | null;
  /** seeds that measured it, and runs that ended without a result */
  readonly n: number;
  readonly failed: number;
};

/** The search of one arm. */
export type TuningState = {
  readonly arm: string;
  readonly trials: readonly TrialState[];
  /** the trial with the highest mean, the first of equals; null until all ended, and where all failed */
  readonly chosen: number | null;
  readonly is_done: boolean;
  /** fields whose chosen value is the smallest or largest of those tried: a wider search may find better */
  readonly at_edge: readonly string[];
};

export function isEnded({ status }: Pick<StudyRun, 'status'>): boolean {
  return isSettled(status);
}

/** How the search of each arm stands. A trial of which every run failed loses to any other. */
export function tuningOf(plan: StudyPlan, runs: readonly StudyRun[]): TuningState[] {
  const seeds = plan.tune?.seeds.length ?? 0;
  return plan.arms.map(({ name: arm, trials }) => {
    const states = trials.map((settings, trial) => {
      const own = runs.filter((run) => run.phase === 'tune' && run.arm === arm && run.trial === trial);
      return trialState(plan.metric, { settings, trial }, own, seeds);
    });
    const isDone = plan.tune === null || states.every(({ n, failed }) => n + failed === seeds);
    const best = states.reduce<TrialState | null>(
      (best, state) => (state.mean !== null && (best?.mean ?? Number.NEGATIVE_INFINITY) < state.mean ? state : best),
      null,
    );
    const chosen = plan.tune === null ? 0 : isDone ? (best?.trial ?? null) : null;
    return { arm, trials: states, chosen, is_done: isDone, at_edge: edgesOf(trials, chosen) };
  });
}

function trialState(
  metric: string,
  known: Pick<TrialState, 'settings' | 'trial'>,
  runs: readonly StudyRun[],
  seeds: number,
): TrialState {
  const measured = runs.flatMap(({ metrics }) => metrics?.[metric] ?? []);
  const failed = runs.filter((run) => isEnded(run) && run.metrics?.[metric] === undefined).length;
  const isDone = measured.length + failed === seeds && measured.length > 0;
  const mean = isDone ? measured.reduce((sum, value) => sum + value, 0) / measured.length : null;
  return { ...known, mean, n: measured.length, failed };
}

function edgesOf(trials: readonly Settings[], chosen: number | null): string[] {
  if (chosen === null) return [];
  return Object.keys(trials[chosen] ?? {}).filter((field) => {
    const tried = trials.map((settings) => settings[field]);
    const value = trials[chosen]?.[field];
    if (typeof value !== 'number' || new Set(tried).size < 3) return false;
    return value === Math.min(...(tried as number[])) || value === Math.max(...(tried as number[]));
  });
}
