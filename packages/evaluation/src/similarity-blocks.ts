import { tf } from '@spherelab/tensorflow';
import type { NormalisedSet } from './embedding-set.ts';

/** Similarities of some consecutive queries with the whole gallery. */
export type SimilarityBlock = {
  readonly firstQuery: number;
  readonly queries: number;
  /** [queries, gallery], row-major; the receiver may change it. */
  readonly similarities: Float32Array;
  /** [queries, best] gallery rows by falling similarity, ties by row. */
  readonly best: Int32Array;
};

export type BlockOptions = {
  /** How many of the best rows to list for each query. */
  readonly best: number;
  readonly onProgress?: () => void;
};

/** A block of similarities holds at most so many numbers: 32 MiB. */
const BLOCK_ENTRIES = 8 * 2 ** 20;

/** Calls `visit` with the cosines of all queries [n, dim] and gallery rows [m, dim], some queries at a time. */
export function forEachSimilarityBlock(
  query: NormalisedSet,
  gallery: NormalisedSet,
  { best, onProgress }: BlockOptions,
  visit: (block: SimilarityBlock) => void,
): void {
  const total = query.labels.length;
  const columns = gallery.labels.length;
  const rows = Math.max(1, Math.min(total, Math.floor(BLOCK_ENTRIES / columns)));
  tf.tidy(() => {
    const galleryRows = tf.tensor2d(gallery.embeddings, [columns, gallery.dim]);
    for (let firstQuery = 0; firstQuery < total; firstQuery += rows) {
      const queries = Math.min(rows, total - firstQuery);
      tf.tidy(() => {
        const values = query.embeddings.subarray(firstQuery * query.dim, (firstQuery + queries) * query.dim);
        const cosines = tf.matMul(tf.tensor2d(values, [queries, query.dim]), galleryRows, false, true);
        const listed = best > 0 ? (tf.topk(cosines, best).indices.dataSync() as Int32Array) : new Int32Array(0);
        visit({ firstQuery, queries, similarities: cosines.dataSync() as Float32Array, best: listed });
      });
      onProgress?.();
    }
  });
}
