import { checkShape, type EmbeddingSet } from './embedding-set.ts';

/** Rows in the coordinates of their directions of largest variance. */
export type PrincipalComponents = {
  /** [rows, count], row-major, centred */
  readonly coordinates: Float64Array;
  /** [count], share of the total variance, falling; 0 where there is no variance left */
  readonly explained: readonly number[];
};

/** Subspace iterations at most; the gap of eigenvalues of embeddings makes do with far fewer. */
const MAX_ITERATIONS = 1_000;
/** Change of the directions, as 1 - |cosine|, below which they count as found. */
const TOLERANCE = 1e-14;

/**
 * Principal components of rows [n, dim] by orthogonal iteration on the covariance matrix. The sign of a component is chosen
 * so that its largest loading is positive: the same rows give the same picture.
 * @throws EvaluationError `shape_mismatch` or `empty`
 */
export function principalComponents(set: Omit<EmbeddingSet, 'labels'>, count: number): PrincipalComponents {
  const rows = set.embeddings.length / set.dim;
  checkShape({ ...set, labels: new Int32Array(Math.floor(rows)) });
  const { dim } = set;
  const centred = centreRows(set.embeddings, rows, dim);
  const covariance = covarianceOf(centred, rows, dim);
  let total = 0;
  for (let i = 0; i < dim; i += 1) total += covariance[i * dim + i] as number;
  const axes = leadingAxes(covariance, dim, Math.min(count, dim));
  const coordinates = new Float64Array(rows * count);
  const explained = Array.from({ length: count }, () => 0);
  for (const [component, axis] of axes.entries()) {
    let variance = 0;
    for (let row = 0; row < rows; row += 1) {
      let value = 0;
      for (let i = 0; i < dim; i += 1) value += (centred[row * dim + i] as number) * (axis[i] as number);
      coordinates[row * count + component] = value;
      variance += value * value;
    }
    explained[component] = total > 0 ? variance / rows / total : 0;
  }
  return { coordinates, explained };
}

function centreRows(values: Float32Array, rows: number, dim: number): Float64Array {
  const centred = Float64Array.from(values);
  for (let i = 0; i < dim; i += 1) {
    let mean = 0;
    for (let row = 0; row < rows; row += 1) mean += centred[row * dim + i] as number;
    mean /= rows;
    for (let row = 0; row < rows; row += 1) centred[row * dim + i] = (centred[row * dim + i] as number) - mean;
  }
  return centred;
}

/** [dim, dim], divided by the number of rows. */
function covarianceOf(centred: Float64Array, rows: number, dim: number): Float64Array {
  const covariance = new Float64Array(dim * dim);
  for (let row = 0; row < rows; row += 1) {
    const values = centred.subarray(row * dim, (row + 1) * dim);
    for (let i = 0; i < dim; i += 1) {
      const value = (values[i] as number) / rows;
      for (let j = i; j < dim; j += 1) {
        covariance[i * dim + j] = (covariance[i * dim + j] as number) + value * (values[j] as number);
      }
    }
  }
  for (let i = 0; i < dim; i += 1) {
    for (let j = 0; j < i; j += 1) covariance[i * dim + j] = covariance[j * dim + i] as number;
  }
  return covariance;
}

/** Orthogonal unit vectors [count][dim] of the largest eigenvalues. Starts from fixed directions, so that it is repeatable. */
function leadingAxes(covariance: Float64Array, dim: number, count: number): Float64Array[] {
  let axes = orthonormal(
    Array.from({ length: count }, (_, k) =>
      Float64Array.from({ length: dim }, (__, i) => Math.cos((k + 1) * (i + 0.5))),
    ),
  );
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration += 1) {
    const next = orthonormal(axes.map((axis) => product(covariance, axis)));
    const change = Math.max(...next.map((axis, k) => 1 - Math.abs(dot(axis, axes[k] as Float64Array))));
    axes = next;
    if (change < TOLERANCE) break;
  }
  return axes.map(withPositiveLargest);
}

function product(matrix: Float64Array, vector: Float64Array): Float64Array {
  const dim = vector.length;
  return vector.map((_, i) => dot(matrix.subarray(i * dim, (i + 1) * dim), vector));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Gram-Schmidt in the order given; what has no direction of its own becomes 0. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const vector of vectors) {
    const before = Math.sqrt(dot(vector, vector));
    let rest = vector;
    for (const axis of done) {
      const along = dot(rest, axis);
      rest = rest.map((value, i) => value - along * (axis[i] as number));
    }
    const length = Math.sqrt(dot(rest, rest));
    done.push(rest.map((value) => (length > before * 1e-12 ? value / length : 0)));
  }
  return done;
}

function withPositiveLargest(axis: Float64Array): Float64Array {
  let largest = 0;
  for (const value of axis) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? axis.map((value) => -value) : axis;
}
