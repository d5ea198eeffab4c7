import type { MetricPoint, TrainingEvent, TrainingPhase } from './training-events.ts';

type Emit = (event: TrainingEvent) => void | Promise<void>;

export type EventReporter = {
  readonly emit: Emit;
  /** Holds points back for a moment, so that fast steps do not send one message each. */
  readonly addMetrics: (points: readonly MetricPoint[]) => void;
  /** Sends held points and progress if the last message is long enough ago. */
  readonly tick: (step: number, phase: TrainingPhase) => Promise<void>;
  /** Sends held points and progress now; always before an evaluation, a checkpoint and the end. */
  readonly flush: (step: number, phase: TrainingPhase) => Promise<void>;
};

/** Well below any deadline for a silent child, and often enough for a live chart. */
const INTERVAL_MS = 300;

/** Bundles the events of a run. */
export function eventReporter(emit: Emit, totalUpdates: number): EventReporter {
  let held: MetricPoint[] = [];
  let sentAtMs = Number.NEGATIVE_INFINITY;
  const flush = async (step: number, phase: TrainingPhase): Promise<void> => {
    sentAtMs = performance.now();
    const points = held;
    held = [];
    if (points.length > 0) await emit({ type: 'metrics', points });
    await emit({ type: 'progress', step, totalUpdates, phase });
  };
  return {
    emit,
    addMetrics: (points) => {
      held.push(...points);
    },
    tick: async (step, phase) => {
      if (performance.now() - sentAtMs >= INTERVAL_MS) await flush(step, phase);
    },
    flush,
  };
}
