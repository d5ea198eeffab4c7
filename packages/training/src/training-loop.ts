import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CheckpointRequest, writeCheckpoint } from './checkpoint.ts';
import { evaluateNetwork, type NetworkEvaluation } from './evaluate-network.ts';
import { evaluationView, type SentThumbnails } from './evaluation-view.ts';
import { withPoints } from './metrics-digest.ts';
import { openRun, type TrainingRun } from './open-run.ts';
import { checkpointDue, evaluationDue, type RunProgress, withEvaluation, withLoss } from './run-progress.ts';
import { type SafetyCheckpoints, safetyCheckpoints } from './safety-checkpoints.ts';
import { StoppedEarly } from './stopped-early.ts';
import type { TrainOptions, TrainOutcome } from './train-options.ts';
import { asTrainingError, isFullDisk } from './training-error.ts';
import type {
  CheckpointKind,
  EvaluationSummary,
  EvaluationViewEvent,
  MetricPoint,
  StopReason,
  TrainingResult,
} from './training-events.ts';
import { colourHistogramOf, type UntrainedResults, untrainedOf } from './untrained-results.ts';
import { updateOnce } from './update-once.ts';
import { weightsSha256 } from './weights-sha256.ts';

/**
 * Trains one experiment from its config, or from a checkpoint on, and reports as it goes.
 *
 * Order of events, as the reference's: evaluation of step 0 before any update; then for each step its update, the
 * evaluation if due, the checkpoint if due (by its step or by time). A run that was stopped or killed and resumed from a checkpoint emits the
 * same points and ends with the same weights as one that was not.
 * Throws TrainingError for bad data, batches, checkpoints and for a loss that is not finite.
 */
export async function trainExperiment(options: TrainOptions): Promise<TrainOutcome> {
  let run: TrainingRun | null = null;
  try {
    run = await openRun(options);
    return await runToEnd({ ...run, safety: safetyCheckpoints(run.stateBytes, options.nowMs) }, options);
  } catch (error) {
    if (error instanceof StoppedEarly) return { outcome: 'stopped', reason: error.reason };
    throw asTrainingError(error);
  } finally {
    await run?.close();
  }
}

type SafeRun = TrainingRun & { readonly safety: SafetyCheckpoints };

async function runToEnd(run: SafeRun, options: TrainOptions): Promise<TrainOutcome> {
  const sent: SentThumbnails = new Map();
  for (;;) {
    if (isBranchDue(run)) await saveWhereThereIsRoom(run, 'branch');
    const step = evaluationDue(run.progress, run.schedule);
    if (step !== null && !(await evaluate(run, step, options.stop, sent))) return stop(run, options.stop() ?? 'cancel');
    const isFinished = run.progress.updates === run.schedule.totalUpdates;
    if (!isFinished && isSaveDue(run, options)) await saveWhereThereIsRoom(run, 'latest');
    if (isFinished) return finish(run);
    const reason = options.stop();
    if (reason !== null) return stop(run, reason);
    await update(run);
    await nextTurn(); // messages of the parent process are handled between steps
  }
}

/** Other runs go on from here: before the evaluation that is due, which not all of them have. */
function isBranchDue({ branchAt, progress: { updates, evaluatedAt } }: SafeRun): boolean {
  return branchAt.has(updates) && (updates === 1 || evaluatedAt !== updates - 1);
}

/**
 * A `latest` checkpoint is for safety only: training does not wait for the one before to be stored. What was taken over from another
 * run is saved at once as this one's own.
 */
function isSaveDue(run: SafeRun, { checkpointUnderWay = () => false }: TrainOptions): boolean {
  if (run.savedAt === run.progress.updates) return false;
  if (run.savedAt === null && run.isAdopted) return true;
  return (checkpointDue(run.progress, run.schedule) || run.safety.isDue()) && !checkpointUnderWay();
}

async function update(run: TrainingRun): Promise<void> {
  const { config, trainStep, reporter } = run;
  const startedMs = performance.now();
  const batch = await run.inputs.next();
  const waitedMs = performance.now() - startedMs;
  const { lossTotal, points } = updateOnce(trainStep, batch, config);
  run.progress = withLoss(run.progress, lossTotal, config.log_every);
  addMetrics(run, points);
  addMetrics(run, run.window.pointsAfter(batch.step, run.progress, waitedMs));
  await reporter.tick(run.progress.updates, 'training');
}

function addMetrics(run: TrainingRun, points: readonly MetricPoint[]): void {
  run.progress = { ...run.progress, metricsDigest: withPoints(run.progress.metricsDigest, points) };
  run.reporter.addMetrics(points);
}

/** Measures, reports and shows; false when the run is to stop before it is done. */
async function evaluate(
  run: SafeRun,
  step: number,
  stopReason: () => StopReason | null,
  sent: SentThumbnails,
): Promise<boolean> {
  const previousBest = run.progress.best;
  const isWanted = () => stopReason() === null;
  const isUntrained = run.progress.updates === 0;
  const summary = isUntrained
    ? await evaluateUntrained(run, isWanted, sent)
    : await evaluateNow(run, step, isWanted, sent);
  if (summary === null) return false;
  await run.reporter.emit({ type: 'log', level: 'info', message: describe(summary) });
  if (run.progress.best !== previousBest) await save(run, 'best');
  run.window.restartClock();
  return true;
}

/** Measures, reports and shows, from what the network gives now; null when `isWanted` said no before the scores were there. */
async function evaluateNow(
  run: TrainingRun,
  step: number,
  isWanted: () => boolean,
  sent: SentThumbnails,
): Promise<EvaluationSummary | null> {
  const evaluation = await measure(run, step, isWanted);
  if (evaluation === null) return null;
  await run.reporter.emit(await viewOf(run, evaluation, step, sent));
  return evaluation.summary;
}

/** The same of step 0, from what a run that began alike has measured, where there was one. */
async function evaluateUntrained(
  run: TrainingRun,
  isWanted: () => boolean,
  sent: SentThumbnails,
): Promise<EvaluationSummary | null> {
  const { results, reporter } = run;
  const coloursOf = colourHistogramOf(run);
  const colourHistogram = await results.read<EvaluationSummary>(coloursOf);
  run.progress = { ...run.progress, colourHistogram };
  const found = await results.once<UntrainedResults>({
    of: untrainedOf(run),
    onWait: async () => {
      await reporter.tick(0, 'evaluating');
      return isWanted();
    },
    make: async (show) => {
      const goOn = () => {
        show();
        return isWanted();
      };
      const evaluation = await measure(run, 0, goOn);
      if (evaluation === null) return null;
      const view = await viewOf(run, evaluation, 0, sent);
      await reporter.emit(view);
      const { summary, features } = evaluation;
      return { summary, features, colourHistogram: run.progress.colourHistogram, view, sent };
    },
  });
  if (found === null) return null;
  const { value, isNew } = found;
  if (colourHistogram === null) results.write(coloursOf, value.colourHistogram);
  if (isNew) return value.summary;
  await reportScores(run, value);
  for (const [key, sha256] of value.sent) sent.set(key, sha256);
  await reporter.emit(value.view);
  return value.summary;
}

/** After the scores, which nobody should wait for. */
function viewOf(
  run: TrainingRun,
  { test, gallery }: NetworkEvaluation,
  step: number,
  sent: SentThumbnails,
): Promise<EvaluationViewEvent> {
  const { dataset, reporter, thumbnails: kept } = run;
  const { updates } = run.progress;
  const onProgress = () => void reporter.tick(updates, 'evaluating');
  return evaluationView({ dataset, batchSize: run.config.batch_size, step, test, gallery, sent, kept, onProgress });
}

/** Evaluates and reports the scores; null when `isWanted` said no before it was done. */
async function measure(run: TrainingRun, step: number, isWanted: () => boolean): Promise<NetworkEvaluation | null> {
  const { config, dataset, trainStep, reporter } = run;
  const { updates } = run.progress;
  await reporter.flush(updates, 'evaluating');
  const evaluation = await evaluateNetwork({
    dataset,
    list: run.inputs.list,
    batchSize: config.batch_size,
    embed: (input) => trainStep.embed(input),
    step,
    embedWithFeatures:
      updates === 0 && config.weights !== 'random' ? (input) => trainStep.embedWithFeatures(input) : null,
    withColourHistogram: run.progress.colourHistogram === null,
    isFinal: updates === run.schedule.totalUpdates,
    goOn: async () => {
      await reporter.tick(updates, 'evaluating');
      await nextTurn();
      return isWanted();
    },
    onProgress: () => void reporter.tick(updates, 'evaluating'),
  });
  if (evaluation === null) return null;
  await reportScores(run, evaluation);
  return evaluation;
}

async function reportScores(
  run: TrainingRun,
  { summary, features, colourHistogram }: Pick<NetworkEvaluation, 'summary' | 'features' | 'colourHistogram'>,
): Promise<void> {
  run.progress = withEvaluation(run.progress, summary);
  if (features !== null) run.progress = { ...run.progress, features };
  if (colourHistogram !== null) run.progress = { ...run.progress, colourHistogram };
  const { step, metrics } = summary;
  addMetrics(
    run,
    Object.entries(metrics).map(([name, value]) => ({ name, step, value })),
  );
  await run.reporter.flush(run.progress.updates, 'evaluating');
}

/** The same updates and measurements as a run's up to a number of updates, with nothing saved or shown. */
export async function goTo(run: TrainingRun, updates: number): Promise<void> {
  for (;;) {
    const step = evaluationDue(run.progress, run.schedule);
    if (step !== null) await measure(run, step, () => true);
    if (run.progress.updates >= updates) break;
    await update(run);
    await nextTurn();
  }
  await run.reporter.flush(run.progress.updates, 'training');
}

function describe({ step, metrics }: EvaluationSummary): string {
  const shown = ['recall_at_1', 'nmi', 'norm_cv'].filter((name) => metrics[name] !== undefined);
  return `step ${step}: ${shown.map((name) => `${name} ${(metrics[name] as number).toFixed(4)}`).join(', ')}`;
}

async function save(run: SafeRun, kind: CheckpointKind): Promise<void> {
  const { progress, reporter, network, model, facts, workFolder } = run;
  await reporter.flush(progress.updates, 'saving');
  const saved = run.safety.beginSave();
  const state = run.trainStep.readState();
  const request: CheckpointRequest = { folder: workFolder, kind, network, model, facts, progress, state };
  const event = await writeCheckpoint(request);
  const isResumable = kind === 'latest' || kind === 'final';
  saved(isResumable);
  await reporter.emit(event);
  if (isResumable) run.savedAt = progress.updates;
}

/** On a full disk the run goes on without the checkpoint, and says so. */
async function saveWhereThereIsRoom(run: SafeRun, kind: 'latest' | 'branch'): Promise<void> {
  try {
    await save(run, kind);
  } catch (error) {
    if (!isFullDisk(error)) throw error;
    run.safety.giveUp();
    const message = `no checkpoint after ${run.progress.updates} updates: the disk of ${run.workFolder} is full`;
    await run.reporter.emit({ type: 'log', level: 'warn', message });
  }
}

/** Stops as asked: on pause and drain all that was done is kept, on cancel nobody will go on. */
async function stop(run: SafeRun, reason: StopReason): Promise<TrainOutcome> {
  await run.reporter.flush(run.progress.updates, 'training');
  if (reason !== 'cancel' && run.savedAt !== run.progress.updates) await save(run, 'latest');
  return { outcome: 'stopped', reason };
}

async function finish(run: SafeRun): Promise<TrainOutcome> {
  await save(run, 'final');
  return { outcome: 'finished', result: resultOf(run, run.progress) };
}

function resultOf(run: TrainingRun, progress: RunProgress): TrainingResult {
  const { updates, last, best, untrained, features, colourHistogram } = progress;
  if (last === null || untrained === null || colourHistogram === null) {
    throw new Error('the run ended without its evaluations');
  }
  return {
    weights_sha256: weightsSha256(run.network, run.trainStep.readState()),
    updates,
    last,
    best: best ?? last,
    baselines: { untrained, ...(features === null ? {} : { features }), colour_histogram: colourHistogram },
  };
}
