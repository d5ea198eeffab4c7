import type { RunProgress } from './run-progress.ts';
import type { MetricPoint } from './training-events.ts';

export type LogWindow = {
  /** Points due after the update of a step: none unless the step is a multiple of log_every other than 0. */
  readonly pointsAfter: (step: number, progress: RunProgress) => MetricPoint[];
  /** Leaves out of images_per_s what was no training (an evaluation). */
  readonly restartClock: () => void;
};

/**
 * train_loss, the mean of the total loss over the last log_every steps as the reference logs it, and images_per_s,
 * which is a matter of the clock and not of the run.
 */
export function logWindow(logEvery: number, batchSize: number, nowMs = (): number => performance.now()): LogWindow {
  let sinceMs = nowMs();
  let stepsSince = 0;
  return {
    pointsAfter: (step, { recentLosses }) => {
      stepsSince += 1;
      if (step === 0 || step % logEvery !== 0) return [];
      const seconds = (nowMs() - sinceMs) / 1000;
      const imagesPerS = (stepsSince * batchSize) / Math.max(seconds, 1e-3);
      sinceMs = nowMs();
      stepsSince = 0;
      const sum = recentLosses.reduce((total, loss) => total + loss, 0);
      return [
        { name: 'train_loss', step, value: sum / recentLosses.length },
        { name: 'images_per_s', step, value: imagesPerS },
      ];
    },
    restartClock: () => {
      sinceMs = nowMs();
      stepsSince = 0;
    },
  };
}
