import { type ClassMembers, classMembers } from './class-members.ts';
import { distinctLabels, type EmbeddingSet, type NormalisedSet, normaliseSet } from './embedding-set.ts';
import { EvaluationError } from './evaluation-error.ts';
import { type MemberPlaces, placesOfMembers } from './places-of-members.ts';
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

type Bounds = {
  /** [queries], cosines that a row has to exceed to count. */
  readonly bounds: Float32Array;
  /** [queries], 1 where the query's own cosine, which does not count, exceeds its bound. */
  readonly selfAbove: Uint8Array;
};

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

/**
 * The bound of each query: the best cosine of its class. `selfOf` gives a query's own gallery row, -1 with a separate gallery.
 */
function boundsOf(
  { places, offsets }: MemberPlaces,
  cosines: Float32Array,
  columns: number,
  selfOf: (query: number) => number,
): Bounds {
  const bounds = new Float32Array(offsets.length - 1).fill(Number.NEGATIVE_INFINITY);
  const selfAbove = new Uint8Array(bounds.length);
  for (let i = 0; i < bounds.length; i += 1) {
    const self = selfOf(i);
    let own = Number.NEGATIVE_INFINITY;
    let best = Number.NEGATIVE_INFINITY;
    for (let at = offsets[i] as number; at < (offsets[i + 1] as number); at += 1) {
      const cosine = cosines[at] as number;
      const isSelf = (places[at] as number) - i * columns === self;
      if (isSelf) own = cosine;
      // Quirk of the reference: the identity matrix is subtracted, so the query stays its own candidate at about 0.
      best = Math.max(best, isSelf ? Math.fround(cosine - 1) : cosine);
    }
    bounds[i] = best;
    selfAbove[i] = own > best ? 1 : 0;
  }
  return { bounds, selfAbove };
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
  const columns = candidates.labels.length;
  const selfCount = gallery === null ? 1 : 0;
  const relevantRows = (query: number): Int32Array => members.get(queries.labels[query] as number) as Int32Array;
  const relevant = Int32Array.from({ length: total }, (_, i) => relevantRows(i).length - selfCount);
  const strictlyHigher = new Int32Array(total);
  const precisions = new Float64Array(total).fill(Number.NaN);
  const averages = new Float64Array(total).fill(Number.NaN);
  const listed = relevant.reduce((most, count) => Math.max(most, count), 0) + selfCount;

  const count = (block: SimilarityBlock): void => {
    const places = placesOfMembers(block.queries, columns, (i) => relevantRows(block.firstQuery + i));
    const selfOf = (i: number): number => (gallery === null ? block.firstQuery + i : -1);
    const { bounds, selfAbove } = boundsOf(places, block.cosinesAt(places.places), columns, selfOf);
    block.countAbove(bounds).forEach((above, i) => {
      strictlyHigher[block.firstQuery + i] = above - (selfAbove[i] as number);
    });
  };
  const rank = (block: SimilarityBlock): void => {
    const { rows } = block.best(listed);
    for (let i = 0; i < block.queries; i += 1) {
      const index = block.firstQuery + i;
      const relevantCount = relevant[index] as number;
      if (relevantCount === 0) continue;
      const self = gallery === null ? index : -1;
      const label = queries.labels[index] as number;
      const ranked = rows.subarray(i * listed, (i + 1) * listed);
      const found = precisionAtR(ranked, relevantCount, self, (row) => candidates.labels[row] === label);
      precisions[index] = found.precision;
      averages[index] = found.averagePrecision;
    }
  };
  const visit = (block: SimilarityBlock): void => {
    count(block);
    rank(block);
  };
  forEachSimilarityBlock(queries, candidates, visit, onProgress);
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
