import { type ClassMembers, classMembers } from './class-members.ts';
import { distinctLabels, type EmbeddingSet, type NormalisedSet, normaliseSet } from './embedding-set.ts';
import { EvaluationError } from './evaluation-error.ts';
import { forEachSimilarityBlock, type SimilarityBlock } from './similarity-blocks.ts';

/** What retrieval of each query gave; every rate is derived from it. */
export type Retrieval = {
  /** [queries], gallery rows strictly more similar than the best row of the query's class. */
  readonly strictlyHigher: Int32Array;
  /** [queries], R: rows of the query's class in the gallery, the query itself left out. */
  readonly relevant: Int32Array;
  /** [queries], precision among the R nearest rows; NaN where R is 0. */
  readonly precisionAtR: Float64Array;
  /** [queries], average precision among the R nearest rows; NaN where R is 0. */
  readonly averagePrecisionAtR: Float64Array;
};

export type RetrievalOptions = { readonly onProgress?: () => void };

function checkClasses(query: EmbeddingSet, gallery: EmbeddingSet, members: ClassMembers): void {
  if (query.dim !== gallery.dim) {
    throw new EvaluationError('shape_mismatch', `query has ${query.dim} dimensions, gallery ${gallery.dim}`);
  }
  const missing = distinctLabels(query.labels).find((label) => !members.has(label));
  if (missing !== undefined) {
    throw new EvaluationError('query_class_missing', `query class ${missing} has no row in the gallery`);
  }
  if (members.size < 2) throw new EvaluationError('one_class_only', 'retrieval needs rows of two or more classes');
}

/** Gallery rows above the best of the query's class. `self` is the query's own row, or -1 with a separate gallery. */
function countStrictlyHigher(similarities: Float32Array, relevant: Int32Array, self: number): number {
  // Quirk of the reference: the identity matrix is subtracted, so the query stays its own candidate at about 0.
  if (self >= 0) similarities[self] = (similarities[self] as number) - 1;
  let best = Number.NEGATIVE_INFINITY;
  for (const row of relevant) best = Math.max(best, similarities[row] as number);
  let higher = 0;
  for (let row = 0; row < similarities.length; row += 1) if ((similarities[row] as number) > best) higher += 1;
  return higher;
}

type Precision = { readonly precision: number; readonly averagePrecision: number };

/** Precision and average precision among the first R of `ranked`, the query itself passed over. */
function precisionAtR(
  ranked: Int32Array,
  relevantCount: number,
  self: number,
  isRelevant: (row: number) => boolean,
): Precision {
  let rank = 0;
  let hits = 0;
  let sum = 0;
  for (const row of ranked) {
    if (rank === relevantCount) break;
    if (row === self) continue;
    rank += 1;
    if (!isRelevant(row)) continue;
    hits += 1;
    sum += hits / rank;
  }
  return { precision: hits / relevantCount, averagePrecision: sum / relevantCount };
}

/**
 * Ranks the gallery for every query by cosine. With `gallery` null the queries are their own gallery.
 * Semantics of `strictlyHigher`: golden/README.md, "evaluation", and golden/quirks.md, "recall". Semantics of the
 * precisions: Musgrave, Belongie, Lim, "A Metric Learning Reality Check" (ECCV 2020); ties go to the lower row.
 * Throws EvaluationError for input that has no answer.
 */
export function retrieve(
  query: EmbeddingSet,
  gallery: EmbeddingSet | null,
  { onProgress }: RetrievalOptions = {},
): Retrieval {
  const queries: NormalisedSet = normaliseSet(query, gallery === null ? 'embeddings' : 'query');
  const candidates = gallery === null ? queries : normaliseSet(gallery, 'gallery');
  const members = classMembers(candidates.labels);
  checkClasses(queries, candidates, members);

  const total = queries.labels.length;
  const columns = candidates.labels.length;
  const selfCount = gallery === null ? 1 : 0;
  const relevantRows = (query: number): Int32Array => members.get(queries.labels[query] as number) as Int32Array;
  const relevant = Int32Array.from({ length: total }, (_, i) => relevantRows(i).length - selfCount);
  const strictlyHigher = new Int32Array(total);
  const precisions = new Float64Array(total).fill(Number.NaN);
  const averages = new Float64Array(total).fill(Number.NaN);
  const best = relevant.reduce((most, count) => Math.max(most, count), 0) + selfCount;

  const visit = ({ firstQuery, queries: rows, similarities, best: listed }: SimilarityBlock): void => {
    for (let i = 0; i < rows; i += 1) {
      const index = firstQuery + i;
      const self = gallery === null ? index : -1;
      const label = queries.labels[index] as number;
      const row = similarities.subarray(i * columns, (i + 1) * columns);
      strictlyHigher[index] = countStrictlyHigher(row, relevantRows(index), self);
      const count = relevant[index] as number;
      if (count === 0) continue;
      const ranked = listed.subarray(i * best, (i + 1) * best);
      const { precision, averagePrecision } = precisionAtR(ranked, count, self, (r) => candidates.labels[r] === label);
      precisions[index] = precision;
      averages[index] = averagePrecision;
    }
  };
  forEachSimilarityBlock(queries, candidates, { best, ...(onProgress && { onProgress }) }, visit);
  return { strictlyHigher, relevant, precisionAtR: precisions, averagePrecisionAtR: averages };
}

/** Mean over the queries that have a relevant row. Throws EvaluationError where none has. */
export function meanOverAnswerable(values: Float64Array): number {
  const answerable = values.filter((value) => !Number.isNaN(value));
  if (answerable.length === 0) {
    throw new EvaluationError('no_positive_pairs', 'no query has another row of its class in the gallery');
  }
  return answerable.reduce((sum, value) => sum + value, 0) / answerable.length;
}
