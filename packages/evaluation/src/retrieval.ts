import { type ClassMembers, classMembers } from './class-members.ts';
import { distinctLabels, type EmbeddingSet, type NormalisedSet, normaliseSet } from './embedding-set.ts';
import { EvaluationError } from './evaluation-error.ts';
import { scanGallery } from './gallery-scan.ts';

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

type Precision = { readonly precision: number; readonly averagePrecision: number };

/** Precision and average precision among the R rows `ranked`. */
function precisionAtR(ranked: Int32Array, isRelevant: (row: number) => boolean): Precision {
  let hits = 0;
  let sum = 0;
  ranked.forEach((row, at) => {
    if (!isRelevant(row)) return;
    hits += 1;
    sum += hits / (at + 1);
  });
  return { precision: hits / ranked.length, averagePrecision: sum / ranked.length };
}

/**
 * Ranks the gallery for every query by cosine. With `gallery` null the queries are their own gallery.
 * Semantics of `strictlyHigher`: golden/README.md, "evaluation", and golden/quirks.md, "recall". Semantics of the
 * precisions: Musgrave, Belongie, Lim, "A Metric Learning Reality Check" (ECCV 2020); ties go to the lower row.
 * Throws EvaluationError for input that has no answer.
 */
export function retrieve(query: EmbeddingSet, gallery: EmbeddingSet | null, options: RetrievalOptions = {}): Retrieval {
  const queries = normaliseSet(query, gallery === null ? 'embeddings' : 'query');
  return retrieveNormalised(queries, gallery === null ? null : normaliseSet(gallery, 'gallery'), options);
}

/** `retrieve` of sets that are normalised already. */
export function retrieveNormalised(
  queries: NormalisedSet,
  gallery: NormalisedSet | null,
  { onProgress }: RetrievalOptions = {},
): Retrieval {
  const candidates = gallery ?? queries;
  const members = classMembers(candidates.labels);
  checkClasses(queries, candidates, members);

  const total = queries.labels.length;
  const selfCount = gallery === null ? 1 : 0;
  const sizeOf = (label: number): number => (members.get(label) as Int32Array).length;
  const relevant = queries.labels.map((label) => sizeOf(label) - selfCount);
  const strictlyHigher = new Int32Array(total);
  const precisions = new Float64Array(total).fill(Number.NaN);
  const averages = new Float64Array(total).fill(Number.NaN);
  scanGallery({
    queries,
    gallery: candidates,
    selfRows: Int32Array.from({ length: total }, (_, query) => (gallery === null ? query : -1)),
    listed: relevant,
    // Quirk of the reference: the identity matrix is subtracted, so the query stays its own candidate at about 0.
    boundsOf: ({ best, self }) =>
      best.map((cosine, query) => (gallery === null ? Math.max(cosine, (self[query] as number) - 1) : cosine)),
    tell: ({ query, above, rows }) => {
      strictlyHigher[query] = above;
      if (rows.length === 0) return;
      const label = queries.labels[query] as number;
      const found = precisionAtR(rows, (row) => candidates.labels[row] === label);
      precisions[query] = found.precision;
      averages[query] = found.averagePrecision;
    },
    ...(onProgress && { onProgress }),
  });
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
