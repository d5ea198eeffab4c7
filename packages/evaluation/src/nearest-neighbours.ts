import { classMembers } from './class-members.ts';
import { type EmbeddingSet, type NormalisedSet, normaliseSet } from './embedding-set.ts';
import { EvaluationError } from './evaluation-error.ts';
import { type MemberPlaces, placesOfMembers } from './places-of-members.ts';
import { forEachSimilarityBlock, type SimilarityBlock } from './similarity-blocks.ts';

/** The gallery as one query sees it. */
export type QueryNeighbours = {
  /** row of the query */
  readonly query: number;
  /** gallery rows by falling cosine, ties by row; never the query itself */
  readonly rows: Int32Array;
  /** their cosines */
  readonly cosines: Float32Array;
  /** Best cosine of a wrong class minus best of the right one: positive where the nearest image is wrong. */
  readonly hardness: number;
};

export type NeighbourOptions = {
  /** neighbours of each query; fewer where the gallery has fewer */
  readonly count: number;
  /** rows of `query` to look at; all by default */
  readonly queries?: Int32Array;
  readonly onProgress?: () => void;
};

/**
 * Nearest gallery rows of some queries by cosine of raw embeddings; with `gallery` null the queries' set is the gallery and
 * a query is not its own neighbour. Queries without another image of their class are left out: nothing there can be right.
 * @throws EvaluationError for input that has no answer
 */
export function nearestNeighbours(
  query: EmbeddingSet,
  gallery: EmbeddingSet | null,
  options: NeighbourOptions,
): QueryNeighbours[] {
  const all = normaliseSet(query, gallery === null ? 'embeddings' : 'query');
  const candidates = gallery === null ? all : normaliseSet(gallery, 'gallery');
  if (all.dim !== candidates.dim) {
    throw new EvaluationError('shape_mismatch', `query has ${all.dim} dimensions, gallery ${candidates.dim}`);
  }
  const members = classMembers(candidates.labels);
  const none = new Int32Array(0);
  const chosen = options.queries ?? Int32Array.from(all.labels, (_, row) => row);
  const columns = candidates.labels.length;
  const count = Math.min(columns, options.count + (gallery === null ? 1 : 0));
  const found: QueryNeighbours[] = [];
  const visit = (block: SimilarityBlock): void => {
    const rowOf = (i: number): number => chosen[block.firstQuery + i] as number;
    const selfOf = (i: number): number => (gallery === null ? rowOf(i) : -1);
    const relevant = (i: number): Int32Array => members.get(all.labels[rowOf(i)] as number) ?? none;
    const hardness = hardnessOf(block, placesOfMembers(block.queries, columns, relevant), columns, selfOf);
    const best = block.best(count);
    for (let i = 0; i < block.queries; i += 1) {
      if (!Number.isFinite(hardness[i])) continue;
      const ranks = Int32Array.from({ length: count }, (_, rank) => i * count + rank)
        .filter((at) => best.rows[at] !== selfOf(i))
        .subarray(0, options.count);
      found.push({
        query: rowOf(i),
        rows: ranks.map((at) => best.rows[at] as number),
        cosines: Float32Array.from(ranks, (at) => best.cosines[at] as number),
        hardness: hardness[i] as number,
      });
    }
  };
  forEachSimilarityBlock(rowsOf(all, chosen), candidates, visit, options.onProgress);
  return found;
}

function rowsOf({ embeddings, labels, norms, dim }: NormalisedSet, rows: Int32Array): NormalisedSet {
  const chosen = new Float32Array(rows.length * dim);
  rows.forEach((row, at) => {
    chosen.set(embeddings.subarray(row * dim, (row + 1) * dim), at * dim);
  });
  return {
    embeddings: chosen,
    labels: rows.map((row) => labels[row] as number),
    norms: Float64Array.from(rows, (row) => norms[row] as number),
    dim,
  };
}

/** [queries], not finite where the gallery has no other row of the class, or none of another class. */
function hardnessOf(
  block: SimilarityBlock,
  { places, offsets }: MemberPlaces,
  columns: number,
  selfOf: (query: number) => number,
): Float64Array {
  const cosines = block.cosinesAt(places);
  const wrong = block.highestExceptAt(places);
  return Float64Array.from({ length: block.queries }, (_, i) => {
    const others = columns - (offsets[i + 1] as number) + (offsets[i] as number);
    let right = Number.NEGATIVE_INFINITY;
    for (let at = offsets[i] as number; at < (offsets[i + 1] as number); at += 1) {
      if ((places[at] as number) - i * columns !== selfOf(i)) right = Math.max(right, cosines[at] as number);
    }
    return others === 0 ? Number.NaN : (wrong[i] as number) - right;
  });
}
