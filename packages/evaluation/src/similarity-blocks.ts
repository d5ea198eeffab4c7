import { tf } from '@spherelab/tensorflow';
import type { NormalisedSet } from './embedding-set.ts';

/** Cosines of some consecutive queries with the whole gallery, kept on the device: only what is asked for comes to the host. */
export type SimilarityBlock = {
  readonly firstQuery: number;
  readonly queries: number;
  /** The `count` best gallery rows of each query by falling cosine, ties by row: [queries, count] rows and cosines. */
  readonly best: (count: number) => { readonly rows: Int32Array; readonly cosines: Float32Array };
  /** Cosines at `places`, each query of the block * gallery rows + gallery row. */
  readonly cosinesAt: (places: Int32Array) => Float32Array;
  /** [queries], gallery rows with a cosine strictly above the `bounds` [queries]. */
  readonly countAbove: (bounds: Float32Array) => Int32Array;
  /** [queries], the highest cosine of each query, places (as above) left out; below -1 where none is left. */
  readonly highestExceptAt: (places: Int32Array) => Float32Array;
};

/** A block holds at most so many cosines: 32 MiB. */
const BLOCK_ENTRIES = 8 * 2 ** 20;

/** Stands for 'left out' among cosines. */
const BELOW_ALL = -2;

type Matrix = ReturnType<typeof tf.matMul>;

function blockOf(cosines: Matrix, firstQuery: number): SimilarityBlock {
  const [queries, columns] = cosines.shape as [number, number];
  const flat = tf.reshape(cosines, [queries * columns]);
  const ones = tf.ones([columns, 1]);
  return {
    firstQuery,
    queries,
    best: (count) =>
      onHost(() => {
        const { indices, values } = tf.topk(cosines, count);
        return { rows: indices.dataSync() as Int32Array, cosines: values.dataSync() as Float32Array };
      }),
    cosinesAt: (places) => onHost(() => tf.gather(flat, tf.tensor1d(places, 'int32')).dataSync() as Float32Array),
    countAbove: (bounds) =>
      onHost(() => {
        const above = tf.greater(cosines, tf.tensor2d(bounds, [queries, 1]));
        return Int32Array.from(tf.matMul(tf.cast(above, 'float32'), ones).dataSync());
      }),
    highestExceptAt: (places) =>
      onHost(() => {
        const below = tf.fill([places.length], BELOW_ALL);
        const left = tf.tensorScatterUpdate(flat, tf.tensor2d(places, [places.length, 1], 'int32'), below);
        return tf.max(tf.reshape(left, [queries, columns]), 1).dataSync() as Float32Array;
      }),
  };
}

/** What `read` brings to the host. Nothing is returned from the tidy: tfjs would look for tensors in the array, entry by entry. */
function onHost<T>(read: () => T): T {
  let found: T | undefined;
  tf.tidy(() => {
    found = read();
  });
  return found as T;
}

/** Calls `visit` with the cosines of all queries [n, dim] and gallery rows [m, dim], some queries at a time. */
export function forEachSimilarityBlock(
  query: NormalisedSet,
  gallery: NormalisedSet,
  visit: (block: SimilarityBlock) => void,
  onProgress?: () => void,
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
        const queryRows = tf.tensor2d(values, [queries, query.dim]);
        visit(blockOf(tf.matMul(queryRows, galleryRows, false, true), firstQuery));
      });
      onProgress?.();
    }
  });
}
