/** Half of an interval [low, high]; null where there is none. */
export function halfWidth(interval: readonly number[] | null | undefined): number | null {
  const [low, high] = interval ?? [];
  return low === undefined || high === undefined ? null : (high - low) / 2;
}
