import { openRun, type TrainingRun } from './open-run.ts';
import type { TrainOptions } from './train-options.ts';
import { asTrainingError } from './training-error.ts';
import type { MetricPoint } from './training-events.ts';
import { goTo } from './training-loop.ts';

/** A part of a run, computed again. */
export type RetracedStretch = {
  /** Everything that TrainStep.readState gives, after the last update. */
  readonly state: ReadonlyMap<string, Float32Array>;
  readonly points: readonly MetricPoint[];
};

/**
 * Computes a run again from where `chooseStart` says up to a number of updates, with the evaluations on the way; writes nothing.
 * Throws TrainingError as a run does.
 */
export async function retraceStretch(options: TrainOptions, updates: number): Promise<RetracedStretch> {
  const points: MetricPoint[] = [];
  let run: TrainingRun | null = null;
  try {
    run = await openRun({
      ...options,
      emit: async (event) => {
        if (event.type === 'metrics') points.push(...event.points);
        else if (event.type === 'progress') await options.emit(event);
      },
    });
    await goTo(run, updates);
    return { state: run.trainStep.readState(), points };
  } catch (error) {
    throw asTrainingError(error);
  } finally {
    await run?.close();
  }
}
