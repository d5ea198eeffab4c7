/** Fractions that papers print in percent. */
const rates = /^(train_)?recall_at_|^nmi$|^ami$|^f1$|^map_at_r$|^r_precision$/;

/** Whether a metric is a fraction of 1, which people read in percent. */
export function isRate(metric: string): boolean {
  return rates.test(metric);
}

/** Within what a metric can lie: an interval does not reach beyond. */
export function rangeOf(metric: string): readonly [number, number] {
  // Worse than chance is below 0.
  if (metric === 'ami') return [-1, 1];
  if (isRate(metric)) return [0, 1];
  return metric === 'norm_cv' ? [0, Infinity] : [-Infinity, Infinity];
}
