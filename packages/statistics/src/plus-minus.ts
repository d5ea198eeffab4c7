/**
 * What stands behind ±: from a mean to the farther end of its 95 % interval, which the metric's range may cut on one side.
 * @param measured a Summary, or as much of it as came over HTTP; null where it has no interval
 */
export function plusMinus(measured: {
  readonly mean: number | null;
  readonly ci95: readonly number[] | null;
}): number | null {
  const [low, high] = measured.ci95 ?? [];
  const { mean } = measured;
  return mean === null || low === undefined || high === undefined ? null : Math.max(mean - low, high - mean);
}
