import { emptyDigest } from './metrics-digest.ts';
import type { EvaluationSummary } from './training-events.ts';

/** How far a run is: with the tensors, all that a resume needs. Plain JSON. */
export type RunProgress = {
  readonly updates: number;
  /** Step of the newest evaluation; null before the first. An evaluation that was interrupted is made again. */
  readonly evaluatedAt: number | null;
  /** Total losses of the last steps, at most log_every of them: the window of train_loss. */
  readonly recentLosses: readonly number[];
  readonly untrained: EvaluationSummary | null;
  /** Of the backbone's features before training; null where they are not pretrained. */
  readonly features: EvaluationSummary | null;
  readonly colourHistogram: EvaluationSummary | null;
  readonly last: EvaluationSummary | null;
  readonly best: EvaluationSummary | null;
  /** Of all points reported so far (metrics-digest.ts). */
  readonly metricsDigest: string;
};

export const initialProgress: RunProgress = {
  updates: 0,
  evaluatedAt: null,
  recentLosses: [],
  untrained: null,
  features: null,
  colourHistogram: null,
  last: null,
  best: null,
  metricsDigest: emptyDigest,
};

export type Schedule = { readonly evalEvery: number; readonly checkpointEvery: number; readonly totalUpdates: number };

/**
 * The step whose evaluation is due now, or null. Step 0 is the untrained network, evaluated before the first update;
 * others are evaluated after the update of a step that is a multiple of evalEvery, and after the last update.
 */
export function evaluationDue({ updates, evaluatedAt }: RunProgress, schedule: Schedule): number | null {
  if (updates === 0) return evaluatedAt === null ? 0 : null;
  const step = updates - 1;
  const isDue = (step > 0 && step % schedule.evalEvery === 0) || updates === schedule.totalUpdates;
  // After one single update the last step is 0, which is also the untrained network's: it counts as evaluated then.
  return isDue && evaluatedAt !== step ? step : null;
}

/** Whether the update just done is one after which the reference saves: a multiple of checkpointEvery, not step 0. */
export function checkpointDue({ updates }: RunProgress, schedule: Schedule): boolean {
  const step = updates - 1;
  return step > 0 && step % schedule.checkpointEvery === 0;
}

/** Adds a loss to the window of train_loss. */
export function withLoss(progress: RunProgress, loss: number, logEvery: number): RunProgress {
  const recentLosses = [...progress.recentLosses, loss].slice(-logEvery);
  return { ...progress, updates: progress.updates + 1, recentLosses };
}

/** Records an evaluation of a step; the best is the highest recall_at_1 after step 0. */
export function withEvaluation(progress: RunProgress, summary: EvaluationSummary): RunProgress {
  const evaluated = { ...progress, evaluatedAt: summary.step, last: summary };
  if (progress.updates === 0) return { ...evaluated, untrained: summary };
  return isBetter(summary, progress.best) ? { ...evaluated, best: summary } : evaluated;
}

function isBetter(summary: EvaluationSummary, best: EvaluationSummary | null): boolean {
  const recall = ({ metrics }: EvaluationSummary): number => metrics.recall_at_1 ?? 0;
  return best === null || recall(summary) > recall(best);
}
