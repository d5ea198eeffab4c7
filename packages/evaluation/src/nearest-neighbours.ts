import { type EmbeddingSet, normaliseSet } from './embedding-set.ts';
import { EvaluationError } from './evaluation-error.ts';
import { forEachSimilarityBlock } from './similarity-blocks.ts';

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
  const chosen = options.queries ?? Int32Array.from(all.labels, (_, row) => row);
  const { dim } = all;
  const selected = {
    embeddings: new Float32Array(chosen.length * dim),
    labels: chosen.map((row) => all.labels[row] as number),
    norms: Float64Array.from(chosen, (row) => all.norms[row] as number),
    dim,
  };
  for (const [at, row] of chosen.entries()) {
    selected.embeddings.set(all.embeddings.subarray(row * dim, (row + 1) * dim), at * dim);
  }
  const columns = candidates.labels.length;
  const self = gallery === null ? 1 : 0;
  const best = Math.min(columns, options.count + self);
  const found: QueryNeighbours[] = [];
  forEachSimilarityBlock(selected, candidates, { ...options, best }, (block) => {
    for (let i = 0; i < block.queries; i += 1) {
      const at = block.firstQuery + i;
      const row = chosen[at] as number;
      const cosines = block.similarities.subarray(i * columns, (i + 1) * columns);
      const own = gallery === null ? row : -1;
      const hardness = hardnessOf(cosines, candidates.labels, selected.labels[at] as number, own);
      if (hardness === null) continue;
      const rows = block.best
        .subarray(i * best, (i + 1) * best)
        .filter((other) => other !== own)
        .slice(0, options.count);
      found.push({ query: row, rows, cosines: Float32Array.from(rows, (other) => cosines[other] as number), hardness });
    }
  });
  return found;
}

/** null where the gallery has no other row of the class, or none of another class. */
function hardnessOf(cosines: Float32Array, labels: Int32Array, label: number, self: number): number | null {
  let right = Number.NEGATIVE_INFINITY;
  let wrong = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < cosines.length; row += 1) {
    const cosine = cosines[row] as number;
    if (row === self) continue;
    if (labels[row] === label) right = Math.max(right, cosine);
    else wrong = Math.max(wrong, cosine);
  }
  return Number.isFinite(right) && Number.isFinite(wrong) ? wrong - right : null;
}
