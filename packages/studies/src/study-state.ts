import { alphaOf, type Comparison, comparisonsOf, runOf, seedsOf } from './study-comparison.ts';
import { type PlannedRun, type StudyPlan, tuningRuns } from './study-plan.ts';
import { isEnded, type StudyRun, type TuningState, tuningOf } from './study-runs.ts';

/** How a study ended: `failed` where an arm has no setting that trains, or too many pairs failed to go on. */
export type StudyOutcome = 'decided' | 'undecided' | 'failed';

export type StudyState = {
  readonly phase: 'tuning' | 'comparing' | 'ended';
  readonly outcome: StudyOutcome | null;
  /** what it waits for, or how it ended, in words */
  readonly reason: string;
  /** risk of a wrong decision that each comparison takes */
  readonly alpha_each: number;
  readonly tuning: readonly TuningState[];
  readonly comparisons: readonly Comparison[];
  /** runs: of the search, of the pairs, and of pairs that the budget had left when all was decided */
  readonly runs: { readonly tune: number; readonly compare: number; readonly saved: number };
};

/** So many failed pairs, more than went well, are no accident: the budget is not spent on more of them. */
const failedPairsThatTell = 3;

/** What a study knows, and which runs it wants next. A function of plan and runs alone: whoever asks, and when, gets the same. */
export type StudyStep = { readonly state: StudyState; readonly wanted: readonly PlannedRun[] };

/** @param pairsAtOnce pairs that may be open at the same time; what is concluded does not depend on it */
export function nextOfStudy(plan: StudyPlan, runs: readonly StudyRun[], pairsAtOnce = 1): StudyStep {
  const tuning = tuningOf(plan, runs);
  const comparisons = comparisonsOf(plan, runs);
  const common = { alpha_each: alphaOf(plan), tuning, comparisons, runs: countRuns(plan, runs, comparisons) };
  if (!tuning.every(({ is_done: isDone }) => isDone)) {
    const planned = tuningRuns(plan);
    const ended = runs.filter((run) => run.phase === 'tune' && isEnded(run)).length;
    const reason = `tuning: ${ended} of ${planned.length} runs have ended`;
    return { state: { phase: 'tuning', outcome: null, reason, ...common }, wanted: missing(planned, runs) };
  }
  const end = endOf(plan, runs, tuning, comparisons);
  if (end !== null) return { state: { phase: 'ended', ...end, ...common }, wanted: [] };
  const undecided = comparisons.filter(({ verdict }) => verdict === 'undecided').length;
  const reason = `comparing: ${undecided} of ${comparisons.length} ${comparisons.length === 1 ? 'question' : 'questions'} open`;
  const wanted = missing(openPairs(plan, runs, tuning, comparisons, pairsAtOnce), runs);
  return { state: { phase: 'comparing', outcome: null, reason, ...common }, wanted };
}

/** Those of the planned runs that were not started, or are there no more. */
function missing(planned: readonly PlannedRun[], runs: readonly StudyRun[]): PlannedRun[] {
  const key = ({ phase, arm, trial, seed }: PlannedRun) => JSON.stringify([phase, arm, trial, seed]);
  const started = new Set(runs.map(key));
  return planned.filter((run) => !started.has(key(run)));
}

/** The runs of the first pairs that are not all there: the baseline's and those of arms that are not decided. */
function openPairs(
  plan: StudyPlan,
  runs: readonly StudyRun[],
  tuning: readonly TuningState[],
  comparisons: readonly Comparison[],
  pairsAtOnce: number,
): PlannedRun[] {
  const arms = [plan.arms[0]?.name as string, ...undecidedArms(comparisons)];
  const open = seedsOf(plan).filter((seed) => !arms.every((arm) => hasEnded(runs, arm, seed)));
  return open.slice(0, Math.max(1, pairsAtOnce)).flatMap((seed) =>
    arms.map((arm) => ({
      phase: 'compare' as const,
      arm,
      trial: tuning.find((state) => state.arm === arm)?.chosen ?? 0,
      seed,
    })),
  );
}

function undecidedArms(comparisons: readonly Comparison[]): string[] {
  return comparisons.filter(({ verdict }) => verdict === 'undecided').map(({ arm }) => arm);
}

function hasEnded(runs: readonly StudyRun[], arm: string, seed: number): boolean {
  const run = runOf(runs, arm, seed);
  return run !== undefined && isEnded(run);
}

function endOf(
  plan: StudyPlan,
  runs: readonly StudyRun[],
  tuning: readonly TuningState[],
  comparisons: readonly Comparison[],
): Pick<StudyState, 'outcome' | 'reason'> | null {
  const untrained = tuning.filter(({ chosen }) => chosen === null).map(({ arm }) => arm);
  if (untrained.length > 0) {
    return { outcome: 'failed', reason: `no setting of ${untrained.join(', ')} ended with a ${plan.metric}` };
  }
  const hopeless = comparisons.filter(
    ({ pairs, left_out: leftOut }) => leftOut.length >= failedPairsThatTell && leftOut.length > pairs.length,
  );
  if (hopeless.length > 0) {
    const reasons = hopeless.map(
      ({ left_out: leftOut }) =>
        `${leftOut.length} pairs failed, such as seed ${leftOut[0]?.seed}, ${leftOut[0]?.reason}`,
    );
    return { outcome: 'failed', reason: reasons.join('; ') };
  }
  const open = undecidedArms(comparisons);
  if (open.length === 0) return { outcome: 'decided', reason: comparisons.map(({ reason }) => reason).join(' ') };
  const arms = [plan.arms[0]?.name as string, ...open];
  if (!seedsOf(plan).every((seed) => arms.every((arm) => hasEnded(runs, arm, seed)))) return null;
  const pairs = plan.budget.pairs === 1 ? 'pair' : 'pairs';
  const budget = `The budget of ${plan.budget.pairs} ${pairs} is spent.`;
  return { outcome: 'undecided', reason: `${comparisons.map(({ reason }) => reason).join(' ')} ${budget}` };
}

function countRuns(plan: StudyPlan, runs: readonly StudyRun[], comparisons: readonly Comparison[]): StudyState['runs'] {
  const isDecided = undecidedArms(comparisons).length === 0;
  const usedPairs = Math.max(0, ...comparisons.map(({ pairs, left_out: leftOut }) => pairs.length + leftOut.length));
  return {
    tune: runs.filter(({ phase }) => phase === 'tune').length,
    compare: runs.filter(({ phase }) => phase === 'compare').length,
    saved: isDecided ? (plan.budget.pairs - usedPairs) * plan.arms.length : 0,
  };
}
