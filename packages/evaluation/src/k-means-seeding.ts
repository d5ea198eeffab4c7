import { innerProducts, type Points } from './k-means-points.ts';
import { seedingDraw } from './seeding-draw.ts';

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

/** Draws points with a chance in proportion to their weights: the point at a share, 0..1, of the total weight. */
function pointAt(weights: Float64Array): (share: number) => number {
  const sums = new Float64Array(weights.length);
  let total = 0;
  for (let i = 0; i < weights.length; i += 1) {
    total += weights[i] as number;
    sums[i] = total;
  }
  return (share) => {
    if (total === 0) return Math.floor(share * weights.length);
    const target = share * total;
    let low = 0;
    let high = weights.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) > target) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

function rowsAt({ values, dim }: Points, indices: Int32Array): Float32Array {
  const rows = new Float32Array(indices.length * dim);
  indices.forEach((index, i) => {
    rows.set(values.subarray(index * dim, (index + 1) * dim), i * dim);
  });
  return rows;
}

/**
 * The sum of the distances to the nearest centre when point `candidate` is a centre too; `products` are its inner products
 * with all points. Writes those distances to `result` where there is one.
 */
function potentialWith(
  { squares }: Points,
  nearest: Float64Array,
  candidate: number,
  products: Float32Array,
  result: Float64Array | null,
): number {
  const own = squares[candidate] as number;
  let potential = 0;
  for (let i = 0; i < nearest.length; i += 1) {
    const distance = Math.max(0, (squares[i] as number) + own - 2 * (products[i] as number));
    const least = Math.min(distance, nearest[i] as number);
    potential += least;
    if (result !== null) result[i] = least;
  }
  return potential;
}

/** The candidate that leaves the least total distance becomes centre `step` of this restart. */
function choose(points: Points, seeding: Seeding, step: number, candidates: Int32Array, products: Float32Array): void {
  const { nearest, chosen } = seeding;
  const productsOf = (i: number) => products.subarray(i * points.count, (i + 1) * points.count);
  let least = Number.POSITIVE_INFINITY;
  let winner = 0;
  candidates.forEach((candidate, i) => {
    const potential = potentialWith(points, nearest, candidate, productsOf(i), null);
    if (potential >= least) return;
    least = potential;
    winner = i;
  });
  chosen[step] = candidates[winner] as number;
  potentialWith(points, nearest, chosen[step] as number, productsOf(winner), nearest);
}

/**
 * Greedy k-means++ (Arthur and Vassilvitskii 2007; 2 + floor(ln k) candidates for each centre as scikit-learn does):
 * first centres of every restart, [restarts] of [clusters] rows. All restarts advance together, so that one product
 * serves all their candidates.
 */
export function seedCentres(points: Points, options: SeedingOptions): Float32Array[] {
  const { clusters, restarts, seed, onProgress } = options;
  const trials = 2 + Math.floor(Math.log(clusters));
  const seedings = Array.from(
    { length: restarts },
    (): Seeding => ({
      chosen: new Int32Array(clusters),
      nearest: new Float64Array(points.count).fill(Number.MAX_VALUE),
    }),
  );
  for (let step = 0; step < clusters; step += 1) {
    const perRestart = step === 0 ? 1 : trials;
    const drawn = seedings.map(({ nearest }, restart) => {
      const draw = pointAt(nearest);
      return Int32Array.from({ length: perRestart }, (_, trial) => {
        const share = seedingDraw(seed, restart, step, trial);
        return step === 0 ? Math.floor(share * points.count) : draw(share);
      });
    });
    const candidates = Int32Array.from(drawn.flatMap((indices) => [...indices]));
    const products = innerProducts(points, rowsAt(points, candidates));
    seedings.forEach((seeding, restart) => {
      const from = restart * perRestart * points.count;
      const own = products.subarray(from, from + perRestart * points.count);
      choose(points, seeding, step, drawn[restart] as Int32Array, own);
    });
    onProgress?.();
  }
  return seedings.map(({ chosen }) => rowsAt(points, chosen));
}
