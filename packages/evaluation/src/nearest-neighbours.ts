import { classMembers } from './class-members.ts';
import { type EmbeddingSet, type NormalisedSet, normaliseSet } from './embedding-set.ts';
import { EvaluationError } from './evaluation-error.ts';
import { scanGallery } from './gallery-scan.ts';

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
  const chosen = options.queries ?? Int32Array.from(all.labels.keys());
  const queries = options.queries === undefined ? all : rowsOf(all, chosen);
  const selfCount = gallery === null ? 1 : 0;
  const others = candidates.labels.length - selfCount;
  const relevant = queries.labels.map((label) => (members.get(label)?.length ?? selfCount) - selfCount);
  const found: (QueryNeighbours | null)[] = Array.from(chosen, () => null);
  scanGallery({
    queries,
    gallery: candidates,
    selfRows: gallery === null ? chosen : new Int32Array(chosen.length).fill(-1),
    // One more than there are right ones: the best wrong one is among them.
    listed: relevant.map((count) => Math.min(others, Math.max(options.count, count + 1))),
    boundsOf: ({ best }) => new Float32Array(best.length).fill(Number.POSITIVE_INFINITY),
    tell: ({ query, rows, products: cosines }, bestOwn) => {
      const label = queries.labels[query] as number;
      const wrong = rows.findIndex((row) => candidates.labels[row] !== label);
      if (wrong < 0 || relevant[query] === 0) return;
      found[query] = {
        query: chosen[query] as number,
        rows: rows.slice(0, options.count),
        cosines: cosines.slice(0, options.count),
        hardness: (cosines[wrong] as number) - bestOwn,
      };
    },
    ...(options.onProgress && { onProgress: options.onProgress }),
  });
  return found.filter((one) => one !== null);
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
