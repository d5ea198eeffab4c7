import { checkShape, type EmbeddingSet } from './embedding-set.ts';
import { EvaluationError } from './evaluation-error.ts';
import { type Clustering, iterate } from './k-means-iteration.ts';
import { type Points, withPoints } from './k-means-points.ts';
import { seedCentres } from './k-means-seeding.ts';

export type KMeansOptions = {
  readonly clusters: number;
  readonly seed: number;
  /** Runs from different first centres, of which the one with least inertia is kept; 10. */
  readonly restarts?: number;
  /** 300. */
  readonly maxIterations?: number;
  readonly onProgress?: () => void;
};

/** scikit-learn's default, times the mean variance of the coordinates. */
const RELATIVE_TOLERANCE = 1e-4;

function meanVariance({ values, count, dim }: Points): number {
  const sums = new Float64Array(dim);
  const squares = new Float64Array(dim);
  for (let row = 0; row < count; row += 1) {
    for (let k = 0; k < dim; k += 1) {
      const value = values[row * dim + k] as number;
      sums[k] = (sums[k] as number) + value;
      squares[k] = (squares[k] as number) + value * value;
    }
  }
  return sums.reduce((total, sum, k) => total + (squares[k] as number) / count - (sum / count) ** 2, 0) / dim;
}

/**
 * K-means of the rows as they are (the caller normalises): greedy k-means++ and Lloyd's algorithm with the reference's
 * settings, 10 restarts and 300 iterations. The random draws depend on `seed` and nothing else.
 * Throws EvaluationError for values that are not finite and for more clusters than rows.
 */
export function kMeans(set: EmbeddingSet, options: KMeansOptions): Clustering {
  const { clusters, seed, restarts = 10, maxIterations = 300, onProgress } = options;
  checkShape(set);
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > set.labels.length) {
    throw new EvaluationError('invalid_option', `clusters is ${clusters}; allowed: 1 to ${set.labels.length} rows`);
  }
  if (!Number.isInteger(restarts) || restarts < 1) {
    throw new EvaluationError('invalid_option', `restarts is ${restarts}; allowed: integers from 1`);
  }
  const bad = set.embeddings.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new EvaluationError('non_finite_embedding', `row ${Math.floor(bad / set.dim)} is not finite`);
  const progress = onProgress && { onProgress };
  return withPoints(set, (points) => {
    const tolerance = RELATIVE_TOLERANCE * meanVariance(points);
    let best: Clustering | undefined;
    for (const start of seedCentres(points, { clusters, restarts, seed, ...progress })) {
      const run = iterate(points, start, { maxIterations, tolerance, ...progress });
      if (best === undefined || run.inertia < best.inertia) best = run;
    }
    return best as Clustering;
  });
}
