import { counterRandom } from './counter-random.ts';
import { innerProducts, type Points } from './k-means-points.ts';

export type SeedingOptions = {
  readonly clusters: number;
  readonly restarts: number;
  readonly seed: number;
  readonly onProgress?: () => void;
};

type Seeding = {
  /** [clusters], rows of the points chosen as first centres. */
  readonly chosen: Int32Array;
  /** [points], squared distance to the nearest chosen one. */
  readonly nearest: Float64Array;
};

/** The point at `share` of the total weight. */
function pointAt(weights: Float64Array, share: number): number {
  let total = 0;
  for (const weight of weights) total += weight;
  if (total === 0) return Math.floor(share * weights.length);
  const target = share * total;
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) {
    sum += weights[i] as number;
    if (sum > target) return i;
  }
  return weights.length - 1;
}

function rowsAt({ values, dim }: Points, indices: Int32Array): Float32Array {
  const rows = new Float32Array(indices.length * dim);
  indices.forEach((index, i) => {
    rows.set(values.subarray(index * dim, (index + 1) * dim), i * dim);
  });
  return rows;
}

/**
 * Writes to `result` what `nearest` becomes when point `candidate` is a centre too, and returns its sum; `products` are
 * the candidate's inner products with all points.
 */
function nearestWith(
  points: Points,
  nearest: Float64Array,
  candidate: number,
  products: Float32Array,
  result: Float64Array,
): number {
  const own = points.squares[candidate] as number;
  let potential = 0;
  for (let i = 0; i < result.length; i += 1) {
    const distance = (points.squares[i] as number) + own - 2 * (products[i] as number);
    const least = Math.min(nearest[i] as number, Math.max(0, distance));
    result[i] = least;
    potential += least;
  }
  return potential;
}

/** The candidate that leaves the least total distance becomes centre `step` of this restart. */
function choose(points: Points, seeding: Seeding, step: number, candidates: Int32Array, products: Float32Array): void {
  let least = Number.POSITIVE_INFINITY;
  let winner = new Float64Array(points.count);
  let scratch = new Float64Array(points.count);
  candidates.forEach((candidate, i) => {
    const own = products.subarray(i * points.count, (i + 1) * points.count);
    const potential = nearestWith(points, seeding.nearest, candidate, own, scratch);
    if (potential >= least) return;
    least = potential;
    seeding.chosen[step] = candidate;
    [winner, scratch] = [scratch, winner];
  });
  seeding.nearest.set(winner);
}

/**
 * Greedy k-means++ (Arthur and Vassilvitskii 2007; 2 + floor(ln k) candidates for each centre as scikit-learn does):
 * first centres of every restart, [restarts] of [clusters] rows. All restarts advance together, so that one product
 * serves all their candidates.
 */
export function seedCentres(points: Points, options: SeedingOptions): Float32Array[] {
  const { clusters, restarts, seed, onProgress } = options;
  const trials = 2 + Math.floor(Math.log(clusters));
  const all = { first: 0, count: points.count };
  const seedings = Array.from(
    { length: restarts },
    (): Seeding => ({
      chosen: new Int32Array(clusters),
      nearest: new Float64Array(points.count).fill(Number.MAX_VALUE),
    }),
  );
  for (let step = 0; step < clusters; step += 1) {
    const perRestart = step === 0 ? 1 : trials;
    const drawn = seedings.map(({ nearest }, restart) =>
      Int32Array.from({ length: perRestart }, (_, trial) => {
        const share = counterRandom(seed, restart, step, trial);
        return step === 0 ? Math.floor(share * points.count) : pointAt(nearest, share);
      }),
    );
    const candidates = Int32Array.from(drawn.flatMap((indices) => [...indices]));
    const products = innerProducts(points, rowsAt(points, candidates), all, 'rows-first');
    seedings.forEach((seeding, restart) => {
      const from = restart * perRestart * points.count;
      const own = products.subarray(from, from + perRestart * points.count);
      choose(points, seeding, step, drawn[restart] as Int32Array, own);
    });
    onProgress?.();
  }
  return seedings.map(({ chosen }) => rowsAt(points, chosen));
}
