import { EvaluationError } from './evaluation-error.ts';

/** Counts in bins of equal width from `low` to `high`; the last bin includes `high`. */
export type NormHistogram = {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
  readonly mean: number;
  /** population standard deviation */
  readonly sd: number;
};

/**
 * How the norms [n] of embeddings are spread. Where all are equal the range is widened by half a unit on either side.
 * @throws EvaluationError `empty`, `invalid_option` or `non_finite_embedding`
 */
export function normHistogram(norms: Float64Array, bins: number): NormHistogram {
  if (norms.length === 0) throw new EvaluationError('empty', 'there are no norms');
  if (!Number.isInteger(bins) || bins < 1) {
    throw new EvaluationError('invalid_option', `bins is ${bins}; allowed: integers from 1`);
  }
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const norm of norms) {
    if (!Number.isFinite(norm)) throw new EvaluationError('non_finite_embedding', `a norm is ${norm}`);
    low = Math.min(low, norm);
    high = Math.max(high, norm);
    sum += norm;
  }
  const mean = sum / norms.length;
  const variance = norms.reduce((squares, norm) => squares + (norm - mean) ** 2, 0) / norms.length;
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const counts = Array.from({ length: bins }, () => 0);
  for (const norm of norms) {
    const bin = Math.min(bins - 1, Math.floor(((norm - low) / (high - low)) * bins));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { low, high, counts, mean, sd: Math.sqrt(variance) };
}
