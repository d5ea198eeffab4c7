import { tf } from '@spherelab/tensorflow';
import { blocksOf, type Matrix, scanBlocks, sideOfBlocks } from './block-scan.ts';
import type { EmbeddingSet } from './embedding-set.ts';

/** Distances are taken of at most so many (point, centre) pairs at a time. */
const BLOCK_ENTRIES = 16 * 2 ** 20;

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
function squaredNorms(values: Float32Array, dim: number): Float64Array {
  return Float64Array.from({ length: values.length / dim }, (_, row) => {
    let square = 0;
    for (let at = row * dim; at < (row + 1) * dim; at += 1) square += (values[at] as number) ** 2;
    return square;
  });
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

/** Points around each point. */
export type NearestPoints = {
  /** how many of each */
  readonly count: number;
  /** [points, count], nearest first; a point is among its own */
  readonly rows: Int32Array;
  /** [points, count], their squared distances */
  readonly distances: Float32Array;
};

/**
 * The `count` nearest points of every point, itself among them. Of [x, 1, -x^2 / 2] and [y, -y^2 / 2, 1] the product is
 * -(x - y)^2 / 2, so the nearest are the best of a scan, which computes each distance once.
 */
export function nearestPoints(points: Points, count: number, onProgress?: () => void): NearestPoints {
  const { values, squares, dim } = points;
  const total = points.count;
  const rows = new Int32Array(total * count);
  const distances = new Float32Array(rows.length);
  const side = sideOfBlocks(total, count, dim + 2);
  tf.tidy(() => {
    const order = Int32Array.from({ length: total }, (_, row) => row);
    const extended = (first: (row: number) => number, second: (row: number) => number): Matrix[] => {
      const wide = new Float32Array(total * (dim + 2));
      for (let row = 0; row < total; row += 1) {
        wide.set(values.subarray(row * dim, (row + 1) * dim), row * (dim + 2));
        wide[row * (dim + 2) + dim] = first(row);
        wide[row * (dim + 2) + dim + 1] = second(row);
      }
      return blocksOf(wide, order, dim + 2, side);
    };
    const one = (): number => 1;
    const minusHalfSquare = (row: number): number => -(squares[row] as number) / 2;
    const both = { order, asRows: extended(one, minusHalfSquare), asColumns: extended(minusHalfSquare, one) };
    scanBlocks({
      rows: both,
      columns: both,
      side,
      selfRows: order,
      listed: new Int32Array(total).fill(count - 1),
      bounds: new Float32Array(total).fill(Number.POSITIVE_INFINITY),
      tell: ({ query, rows: found, products }) => {
        rows[query * count] = query;
        rows.set(found, query * count + 1);
        distances.set(
          products.map((product) => Math.max(0, -2 * product)),
          query * count + 1,
        );
      },
      ...(onProgress && { onProgress }),
    });
  });
  return { count, rows, distances };
}

/** What `nearestTwo` tells of a point. */
export type NearestTwo = (point: number, centre: number, distance: number, second: number, group: number) => void;

export type NearestTwoOptions = {
  /** Points that are asked about, told in this order; all by default. */
  readonly rows?: Int32Array;
  /** The centres are so many groups of equal size, which have nothing to do with one another; 1. */
  readonly groups?: number;
};

/**
 * Tells of each point and each group the nearest of `centres` [clusters, dim], the first among equals, as counted in its group,
 * its squared distance, and that of the next nearest of the group, infinite where there is one centre only. Comparing is the
 * device's work: for the 60,502 test images and 11,316 classes of SOP it is 700 million distances. Groups share the pass over
 * the points.
 */
export function nearestTwo(
  points: Points,
  centres: Float32Array,
  tell: NearestTwo,
  { rows, groups = 1 }: NearestTwoOptions = {},
): void {
  const { dim, matrix, squares } = points;
  const total = rows === undefined ? points.count : rows.length;
  const clusters = centres.length / dim;
  if (total === 0 || clusters === 0) return;
  const listed = Math.min(2, clusters / groups);
  const block = Math.max(1, Math.min(total, Math.floor(BLOCK_ENTRIES / clusters)));
  tf.tidy(() => {
    const others = tf.tensor2d(centres, [clusters, dim]);
    const halfSquares = tf.mul(tf.sum(tf.square(others), 1), 0.5);
    for (let first = 0; first < total; first += block) {
      const size = Math.min(block, total - first);
      tf.tidy(() => {
        const some =
          rows === undefined
            ? tf.slice(matrix, [first, 0], [size, dim])
            : tf.gather(matrix, tf.tensor1d(rows.subarray(first, first + size), 'int32'));
        // x c - c^2 / 2 falls as the distance grows: (x - c)^2 = x^2 - 2 (x c - c^2 / 2).
        const all = tf.sub(tf.matMul(some, others, false, true), halfSquares);
        const { values, indices } = tf.topk(tf.reshape(all, [size * groups, clusters / groups]), listed);
        const closeness = values.dataSync();
        const nearest = indices.dataSync();
        for (let at = 0; at < size * groups; at += 1) {
          const i = Math.floor(at / groups);
          const point = rows === undefined ? first + i : (rows[first + i] as number);
          const square = squares[point] as number;
          const distanceOf = (rank: number): number =>
            Math.max(0, square - 2 * (closeness[at * listed + rank] as number));
          tell(
            point,
            nearest[at * listed] as number,
            distanceOf(0),
            listed < 2 ? Number.POSITIVE_INFINITY : distanceOf(1),
            at % groups,
          );
        }
      });
    }
  });
}

/** Some rows of `values` [rows, dim]: [indices.length, dim]. */
export function rowsOf(values: Float32Array, indices: Int32Array, dim: number): Float32Array {
  const rows = new Float32Array(indices.length * dim);
  indices.forEach((index, i) => {
    rows.set(values.subarray(index * dim, (index + 1) * dim), i * dim);
  });
  return rows;
}
