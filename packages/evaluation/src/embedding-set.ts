import { EvaluationError } from './evaluation-error.ts';

/** Raw (not normalised) embeddings, row-major [labels.length, dim]. */
export type EmbeddingSet = {
  readonly embeddings: Float32Array;
  readonly labels: Int32Array;
  readonly dim: number;
};

/** The same rows divided by their L2 norm in float32, and those norms. */
export type NormalisedSet = EmbeddingSet & { readonly norms: Float64Array };

/** Throws EvaluationError: `shape_mismatch` or `empty`. */
export function checkShape({ embeddings, labels, dim }: EmbeddingSet, name = 'embeddings'): void {
  if (!Number.isInteger(dim) || dim < 1) throw new EvaluationError('shape_mismatch', `${name}: dim is ${dim}`);
  if (labels.length === 0) throw new EvaluationError('empty', `${name}: there are no rows`);
  if (embeddings.length !== labels.length * dim) {
    const expected = `${labels.length} labels x ${dim} dimensions`;
    throw new EvaluationError('shape_mismatch', `${name}: ${embeddings.length} values do not make ${expected}`);
  }
}

/** Distinct labels in ascending order. */
export function distinctLabels(labels: Int32Array): Int32Array {
  return Int32Array.from(new Set(labels)).sort();
}

/**
 * Rows divided by their L2 norm, rounded to float32 as the reference does it. Throws EvaluationError for a value that is
 * not finite and for a zero row, whose direction is undefined: the reference would go on with NaN and count it as a hit.
 */
export function normaliseSet(set: EmbeddingSet, name = 'embeddings'): NormalisedSet {
  checkShape(set, name);
  const { embeddings, labels, dim } = set;
  const unit = new Float32Array(embeddings.length);
  const norms = new Float64Array(labels.length);
  for (let row = 0; row < labels.length; row += 1) {
    let sum = 0;
    for (let k = row * dim; k < (row + 1) * dim; k += 1) sum += (embeddings[k] as number) ** 2;
    const norm = Math.sqrt(sum);
    if (!Number.isFinite(norm)) throw new EvaluationError('non_finite_embedding', `${name}: row ${row} is not finite`);
    if (norm === 0) throw new EvaluationError('zero_norm_embedding', `${name}: row ${row} is zero`);
    norms[row] = norm;
    const rounded = Math.fround(norm);
    for (let k = row * dim; k < (row + 1) * dim; k += 1) unit[k] = (embeddings[k] as number) / rounded;
  }
  return { embeddings: unit, labels, dim, norms };
}
