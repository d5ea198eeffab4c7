import { type Settings, spreadSettings } from '@spherelab/config';
import { parseStudyRequest, type StudyRequest } from './study-schema.ts';

export type PlannedArm = {
  readonly name: string;
  /** fields that every run of it has, those of all arms among them */
  readonly base: Settings;
  /** settings to try; one that is empty where nothing is tuned */
  readonly trials: readonly Settings[];
};

/** All that decides what a study does and concludes, fixed before its first run. Plain JSON. */
export type StudyPlan = Omit<StudyRequest, 'name' | 'base' | 'arms'> & { readonly arms: readonly PlannedArm[] };

/** One training run that a study wants. */
export type PlannedRun = {
  readonly phase: 'tune' | 'compare';
  readonly arm: string;
  /** of a tuning run: which of the arm's trials; of a pair: the one chosen */
  readonly trial: number;
  readonly seed: number;
};

/** The plan that follows from a request; each trial is drawn here, once. @throws ConfigError */
export function planStudy(request: unknown): { readonly name: string | null; readonly plan: StudyPlan } {
  const { name = null, base, arms, ...rest } = parseStudyRequest(request);
  const { tune } = rest;
  const trialsOf = (space: StudyRequest['arms'][number]['space']): Settings[] =>
    tune === null ? [{}] : distinctSettings(spreadSettings({ ...tune.space, ...space }, tune.draw_seed, tune.trials));
  const planned = arms.map((arm) => ({ name: arm.name, base: { ...base, ...arm.set }, trials: trialsOf(arm.space) }));
  return { name, plan: { ...rest, arms: planned } };
}

/** A setting that was drawn twice (of short lists) is tried once. */
function distinctSettings(drawn: readonly Settings[]): Settings[] {
  return [...new Map(drawn.map((settings) => [JSON.stringify(settings), settings])).values()];
}

/** The runs of the search: each arm's trials on validation classes, with each of the seeds. */
export function tuningRuns({ arms, tune }: StudyPlan): PlannedRun[] {
  if (tune === null) return [];
  // By trial, so that what is seen first is a bit of every arm.
  const rounds = Array.from({ length: Math.max(...arms.map(({ trials }) => trials.length)) }, (_, trial) => trial);
  return rounds.flatMap((trial) =>
    arms
      .filter(({ trials }) => trial < trials.length)
      .flatMap(({ name }) => tune.seeds.map((seed) => ({ phase: 'tune' as const, arm: name, trial, seed }))),
  );
}

/** The experiment that a run is, as a user would post it. */
export function requestOf(plan: StudyPlan, { phase, arm, trial, seed }: PlannedRun): Record<string, unknown> {
  const planned = plan.arms.find(({ name }) => name === arm);
  if (planned === undefined) throw new RangeError(`the plan has no arm ${arm}`);
  const protocol = phase === 'tune' ? 'validation' : plan.protocol;
  return { ...planned.base, ...planned.trials[trial], seed, protocol };
}
