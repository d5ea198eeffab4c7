import {
  confidenceSequence,
  type PairedDifference,
  pairedDifference,
  type SequencePoint,
  signedText,
} from '@spherelab/statistics';
import type { StudyPlan } from './study-plan.ts';
import { isEnded, type StudyRun } from './study-runs.ts';

export type Verdict = 'helps' | 'does not help' | 'undecided';

/** One seed's two runs: `difference` is the arm's value minus the baseline's. */
export type StudyPair = {
  readonly seed: number;
  readonly baseline: number;
  readonly arm: number;
  readonly difference: number;
};

/** What could be said after `n` pairs: the mean difference and its anytime-valid interval; null where a side has no bound yet. */
export type StudyPoint = {
  readonly n: number;
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  /** against no difference: it is decided once this reaches 1 / alpha */
  readonly evidence: number;
};

/** An arm beside the baseline. */
export type Comparison = {
  readonly arm: string;
  readonly baseline: string;
  readonly verdict: Verdict;
  /** the verdict and how it came about, in a sentence or two */
  readonly reason: string;
  /** in order of seed, up to the one that decided */
  readonly pairs: readonly StudyPair[];
  /** seeds whose pair cannot be: a run of it ended without a result */
  readonly left_out: readonly { readonly seed: number; readonly reason: string }[];
  /** what could be said after each pair, however often one looked */
  readonly sequence: readonly StudyPoint[];
  /** the last of them; null before the first pair */
  readonly effect: StudyPoint | null;
  /** the other metrics of the same pairs, with ordinary 95 % intervals that are not corrected for looking */
  readonly metrics: Readonly<Record<string, PairedDifference>>;
};

/** Metrics that are shown beside the one that decides. */
const shown = /^(recall_at_1|map_at_r|nmi|ami|f1|norm_cv)$/;

/** Risk of a wrong decision that each comparison may take (Bonferroni over the arms beside the baseline). */
export function alphaOf({ alpha, arms }: Pick<StudyPlan, 'alpha' | 'arms'>): number {
  return alpha / (arms.length - 1);
}

/**
 * The state of each comparison. Pairs count in the order of their seeds, and only up to the first that is still open: what is
 * concluded does not depend on which worker was faster.
 */
export function comparisonsOf(plan: StudyPlan, runs: readonly StudyRun[]): Comparison[] {
  const [baseline, ...others] = plan.arms.map(({ name }) => name);
  return others.map((arm) => compare(plan, runs, arm, baseline as string));
}

function compare(plan: StudyPlan, runs: readonly StudyRun[], arm: string, baseline: string): Comparison {
  const { pairs, leftOut } = closedPairs(plan, runs, arm, baseline);
  const whole = confidenceSequence(
    pairs.map(({ difference }) => difference),
    alphaOf(plan),
  );
  const decidedAt = whole.findIndex((point) => verdictAt(point, plan.min_effect) !== 'undecided');
  const used = decidedAt === -1 ? pairs.length : decidedAt + 1;
  const sequence = whole.slice(0, used).map(withoutInfinity);
  const last = sequence.at(-1) ?? null;
  const verdict = last === null ? 'undecided' : verdictAt(last, plan.min_effect);
  const kept = pairs.slice(0, used);
  return {
    arm,
    baseline,
    verdict,
    reason: reasonOf(plan, { arm, baseline, verdict, last, leftOut: leftOut.length }),
    pairs: kept,
    left_out: leftOut,
    sequence,
    effect: last,
    metrics: otherMetrics(runs, kept, arm, baseline),
  };
}

/** An interval above 0 is a gain; one below the smallest gain that counts (0 or more) is none worth having. */
export function verdictAt({ low, high }: Pick<StudyPoint, 'low' | 'high'>, minEffect: number): Verdict {
  if (low !== null && low > 0) return 'helps';
  return high !== null && high < minEffect ? 'does not help' : 'undecided';
}

/** JSON has no infinity. */
function withoutInfinity({ low, high, ...point }: SequencePoint): StudyPoint {
  return { ...point, low: Number.isFinite(low) ? low : null, high: Number.isFinite(high) ? high : null };
}

function closedPairs(plan: StudyPlan, runs: readonly StudyRun[], arm: string, baseline: string) {
  const pairs: StudyPair[] = [];
  const leftOut: { seed: number; reason: string }[] = [];
  for (const seed of seedsOf(plan)) {
    const [ours, theirs] = [arm, baseline].map((name) => runOf(runs, name, seed));
    const failed = [ours, theirs].find((run) => run && isEnded(run) && run.metrics?.[plan.metric] === undefined);
    const [a, b] = [ours?.metrics?.[plan.metric], theirs?.metrics?.[plan.metric]];
    if (failed !== undefined)
      leftOut.push({ seed, reason: `${failed.arm}: ${firstLine(failed.error ?? failed.status)}` });
    else if (a === undefined || b === undefined) break;
    else pairs.push({ seed, baseline: b, arm: a, difference: a - b });
  }
  return { pairs, leftOut };
}

/** The run itself tells the rest. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim().slice(0, 200) ?? '';
}

/** Seeds of the pairs, in order. */
export function seedsOf({ first_seed: first, budget }: StudyPlan): number[] {
  return Array.from({ length: budget.pairs }, (_, index) => first + index);
}

export function runOf(runs: readonly StudyRun[], arm: string, seed: number): StudyRun | undefined {
  return runs.find((run) => run.phase === 'compare' && run.arm === arm && run.seed === seed);
}

function otherMetrics(
  runs: readonly StudyRun[],
  pairs: readonly StudyPair[],
  arm: string,
  baseline: string,
): Record<string, PairedDifference> {
  const seeds = pairs.map(({ seed }) => seed);
  const values = (name: string, metric: string) =>
    new Map(
      seeds.flatMap((seed) => {
        const value = runOf(runs, name, seed)?.metrics?.[metric];
        return value === undefined ? [] : [[seed, value] as const];
      }),
    );
  const names = Object.keys(runOf(runs, arm, seeds[0] ?? -1)?.metrics ?? {}).filter((name) => shown.test(name));
  return Object.fromEntries(
    names.flatMap((metric) => {
      const difference = pairedDifference(values(arm, metric), values(baseline, metric));
      return difference === null ? [] : [[metric, difference] as const];
    }),
  );
}

type Told = {
  readonly arm: string;
  readonly baseline: string;
  readonly verdict: Verdict;
  readonly last: StudyPoint | null;
  readonly leftOut: number;
};

function reasonOf(plan: StudyPlan, { arm, baseline, verdict, last, leftOut }: Told): string {
  const missing =
    leftOut === 0 ? '' : ` ${leftOut} ${leftOut === 1 ? 'pair was' : 'pairs were'} left out: a run failed.`;
  if (last === null) return `No pair has ended yet.${missing}`;
  const interval = `${points(last.mean)} points of ${plan.metric} ${boundsOf(last)} after ${last.n} ${last.n === 1 ? 'pair' : 'pairs'}`;
  const words: Record<Verdict, string> = {
    helps: `${arm} is better than ${baseline}: ${interval}; the interval lies above 0.`,
    'does not help':
      last.high !== null && last.high < 0
        ? `${arm} is worse than ${baseline}: ${interval}; the interval lies below 0.`
        : `${arm} gains less than ${points(plan.min_effect)} points over ${baseline}: ${interval}.`,
    undecided: `Not decided between ${arm} and ${baseline}: ${interval}; what is left holds both 0 and a gain of ${points(plan.min_effect)}.`,
  };
  return words[verdict] + missing;
}

function boundsOf({ low, high }: StudyPoint): string {
  if (low === null && high === null) return '(no bound yet)';
  const side = (bound: number | null) => (bound === null ? 'no bound' : points(bound));
  return `[${side(low)}, ${side(high)}]`;
}

/** A difference of rates in points, with a sign. */
function points(value: number): string {
  return signedText(100 * value, 1);
}
