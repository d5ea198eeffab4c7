import type { EmbeddingSet } from './embedding-set.ts';
import { EvaluationError } from './evaluation-error.ts';
import { type Retrieval, type RetrievalOptions, retrieve } from './retrieval.ts';

/** Recall at each K, a fraction 0..1, keyed by K. */
export type RecallAtK = Readonly<Record<string, number>>;

/** Throws EvaluationError for a K that is not a positive integer. */
export function checkKs(ks: readonly number[]): void {
  const wrong = ks.find((k) => !Number.isInteger(k) || k < 1);
  if (wrong !== undefined) throw new EvaluationError('invalid_option', `K is ${wrong}; allowed: integers from 1`);
}

/**
 * The share of queries with fewer than K gallery rows strictly more similar than their best row of the same class: ties
 * favour the query.
 */
export function recallFrom({ strictlyHigher }: Pick<Retrieval, 'strictlyHigher'>, ks: readonly number[]): RecallAtK {
  checkKs(ks);
  const rate = (k: number): number => strictlyHigher.filter((count) => count < k).length / strictlyHigher.length;
  return Object.fromEntries(ks.map((k) => [String(k), rate(k)]));
}

/**
 * Recall@K of raw embeddings as the reference measures it (golden/quirks.md): rows are normalised and ranked by cosine;
 * without a gallery the identity is subtracted, so that a query counts itself as a positive of similarity about 0.
 */
export function recallAtK(
  query: EmbeddingSet,
  gallery: EmbeddingSet | null,
  ks: readonly number[],
  options: RetrievalOptions = {},
): RecallAtK {
  return recallFrom(retrieve(query, gallery, options), ks);
}
