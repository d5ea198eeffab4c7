import { tf } from '@spherelab/tensorflow';
import type { EmbeddingSet } from './embedding-set.ts';

type Matrix = ReturnType<typeof tf.tensor2d>;

/** Points to cluster, on the host and on the device. */
export type Points = {
  readonly values: Float32Array;
  readonly count: number;
  readonly dim: number;
  /** [count], squared norms. */
  readonly squares: Float64Array;
  readonly matrix: Matrix;
};

/** Squared norm of each row of [rows, dim]. */
export function squaredNorms(values: Float32Array, dim: number): Float64Array {
  const squares = new Float64Array(values.length / dim);
  values.forEach((value, at) => {
    const row = Math.floor(at / dim);
    squares[row] = (squares[row] as number) + value * value;
  });
  return squares;
}

/** Uploads the points, calls `use`, and frees them. */
export function withPoints<T>({ embeddings, labels, dim }: EmbeddingSet, use: (points: Points) => T): T {
  const count = labels.length;
  const matrix = tf.tensor2d(embeddings, [count, dim]);
  try {
    return use({ values: embeddings, count, dim, squares: squaredNorms(embeddings, dim), matrix });
  } finally {
    matrix.dispose();
  }
}

/** Inner products of `rows` [m, dim] with the points [first, first + count): row-major, points first or rows first. */
export function innerProducts(
  { matrix, dim }: Points,
  rows: Float32Array,
  range: { readonly first: number; readonly count: number },
  order: 'points-first' | 'rows-first',
): Float32Array {
  let products = new Float32Array(0);
  // Nothing is returned from the tidy: tfjs would look for tensors in the array, entry by entry.
  tf.tidy(() => {
    const others = tf.tensor2d(rows, [rows.length / dim, dim]);
    const points = range.count === matrix.shape[0] ? matrix : tf.slice(matrix, [range.first, 0], [range.count, dim]);
    const product =
      order === 'points-first' ? tf.matMul(points, others, false, true) : tf.matMul(others, points, false, true);
    products = product.dataSync() as Float32Array<ArrayBuffer>;
  });
  return products;
}
