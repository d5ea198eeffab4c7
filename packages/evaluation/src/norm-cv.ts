import { EvaluationError } from './evaluation-error.ts';

/** Coefficient of variation of norms: population standard deviation over mean. What SEC narrows. */
export function normCv(norms: Float64Array): number {
  if (norms.length === 0) throw new EvaluationError('empty', 'there are no norms');
  const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
  if (!(mean > 0) || !Number.isFinite(mean)) {
    throw new EvaluationError('non_finite_embedding', `the mean norm is ${mean}; allowed: a positive number`);
  }
  const variance = norms.reduce((sum, norm) => sum + (norm - mean) ** 2, 0) / norms.length;
  return Math.sqrt(variance) / mean;
}
