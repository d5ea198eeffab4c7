import type { EmbeddingSet } from './embedding-set.ts';
import { meanOverAnswerable, type RetrievalOptions, retrieve } from './retrieval.ts';

/**
 * R-precision = mean over queries of (relevant rows among the R nearest) / R, R = relevant rows of the query. Source:
 * Musgrave, Belongie, Lim, "A Metric Learning Reality Check" (ECCV 2020). The query itself is no candidate; queries
 * without a relevant row are left out. A fraction 0..1. Throws EvaluationError.
 */
export function rPrecision(query: EmbeddingSet, gallery: EmbeddingSet | null, options: RetrievalOptions = {}): number {
  return meanOverAnswerable(retrieve(query, gallery, options).precisionAtR);
}
