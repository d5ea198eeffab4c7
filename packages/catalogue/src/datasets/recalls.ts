/** Metric names of Recall@K. */
export function recalls(...ks: readonly number[]): string[] {
  return ks.map((k) => `recall_at_${k}`);
}
