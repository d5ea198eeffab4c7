import type { Point } from '../../api/types.ts';

/**
 * Exponential moving average, without the pull of its start: weights are divided by their sum, as Adam does it.
 * @param weight 0 (as measured) to below 1
 */
export function smoothed(points: readonly Point[], weight: number): readonly Point[] {
  if (weight <= 0) return points;
  let sum = 0;
  let weights = 0;
  return points.map(([step, value]): Point => {
    if (value === null) return [step, null];
    sum = weight * sum + (1 - weight) * value;
    weights = weight * weights + (1 - weight);
    return [step, sum / weights];
  });
}
