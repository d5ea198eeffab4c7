import type { RunProgress } from './run-progress.ts';
import type { MetricPoint } from './training-events.ts';

export type LogWindow = {
  /** Points due after the update of a step: none unless the step is a multiple of log_every other than 0. */
  readonly pointsAfter: (step: number, progress: RunProgress, waitedMs: number) => MetricPoint[];
  /** Leaves out of both what was no training (an evaluation). */
  readonly restartClock: () => void;
};

/**
 * train_loss, the mean of the total loss over the last log_every steps as the reference logs it; and, which is a matter
 * of the clock and not of the run, images_per_s and input_wait, the share of the time in which a step waited for images.
 */
export function logWindow(logEvery: number, batchSize: number, nowMs = (): number => performance.now()): LogWindow {
  let sinceMs = nowMs();
  let stepsSince = 0;
  let waitedSinceMs = 0;
  const restartClock = (): void => {
    sinceMs = nowMs();
    stepsSince = 0;
    waitedSinceMs = 0;
  };
  return {
    pointsAfter: (step, { recentLosses }, waitedMs) => {
      stepsSince += 1;
      waitedSinceMs += waitedMs;
      if (step === 0 || step % logEvery !== 0) return [];
      const passedMs = Math.max(nowMs() - sinceMs, 1);
      const imagesPerS = (1000 * stepsSince * batchSize) / passedMs;
      const inputWait = waitedSinceMs / passedMs;
      restartClock();
      const sum = recentLosses.reduce((total, loss) => total + loss, 0);
      return [
        { name: 'train_loss', step, value: sum / recentLosses.length },
        { name: 'images_per_s', step, value: imagesPerS },
        { name: 'input_wait', step, value: inputWait },
      ];
    },
    restartClock,
  };
}
