import type { EmbeddingSet } from './embedding-set.ts';
import { meanOverAnswerable, type RetrievalOptions, retrieve } from './retrieval.ts';

/**
 * MAP@R = mean over queries of 1/R sum_{i=1..R} P(i) [row i is relevant], R = relevant rows of the query, P(i) = precision
 * among the first i. Source: Musgrave, Belongie, Lim, "A Metric Learning Reality Check" (ECCV 2020). The query itself is
 * no candidate; queries without a relevant row are left out. A fraction 0..1. Throws EvaluationError.
 */
export function meanAveragePrecisionAtR(
  query: EmbeddingSet,
  gallery: EmbeddingSet | null,
  options: RetrievalOptions = {},
): number {
  return meanOverAnswerable(retrieve(query, gallery, options).averagePrecisionAtR);
}
