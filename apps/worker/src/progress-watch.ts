import type { TrainingEvent } from '@spherelab/training';
import type { WorkerNumbers } from './worker-numbers.ts';

/** Judges whether a trainer gets on. */
export type ProgressWatch = {
  heard(event: TrainingEvent): void;
  /** The trainer waits for us, not we for it: its time begins anew. */
  excuse(): void;
  /** Why it counts as stuck, or null. */
  verdict(): string | null;
};

/** Steps whose times are kept, and how many must be known before they say anything. */
const stepsKept = 50;
const stepsNeeded = 5;

type Limits = Pick<WorkerNumbers, 'stallTimeoutMs' | 'leastStepTimeoutMs' | 'stepTimeoutFactor'>;

/**
 * A trainer is stuck when it says nothing at all for `stallTimeoutMs`, or when it trains and no step comes within many times
 * (`stepTimeoutFactor`) the slowest of its own last steps. Evaluation, saving and preparing have ticks instead of steps: there only
 * silence counts.
 */
export function progressWatch(limits: Limits, nowMs = (): number => performance.now()): ProgressWatch {
  let heardAtMs = nowMs();
  let steppedAtMs: number | null = null; // null while it does not train
  let step = 0;
  const stepTimesMs: number[] = [];
  return {
    heard: (event) => {
      const now = nowMs();
      heardAtMs = now;
      if (event.type !== 'progress') return;
      if (event.phase !== 'training') steppedAtMs = null;
      else if (steppedAtMs === null) steppedAtMs = now;
      else if (event.step > step) {
        stepTimesMs.push((now - steppedAtMs) / (event.step - step));
        if (stepTimesMs.length > stepsKept) stepTimesMs.shift();
        steppedAtMs = now;
      }
      step = event.step;
    },
    excuse: () => {
      heardAtMs = nowMs();
      if (steppedAtMs !== null) steppedAtMs = heardAtMs;
    },
    verdict: () => {
      const now = nowMs();
      if (now - heardAtMs > limits.stallTimeoutMs) return `no progress for ${limits.stallTimeoutMs} ms`;
      if (steppedAtMs === null || stepTimesMs.length < stepsNeeded) return null;
      const slowestMs = Math.max(...stepTimesMs);
      const limitMs = Math.max(limits.leastStepTimeoutMs, limits.stepTimeoutFactor * slowestMs);
      if (now - steppedAtMs <= limitMs) return null;
      return `no step for ${Math.round(limitMs)} ms after step ${step}; the slowest of the steps before took ${Math.round(slowestMs)} ms`;
    },
  };
}
