import type { Start } from './k-means-iteration.ts';
import { nearestPoints, nearestTwo, type Points, rowsOf } from './k-means-points.ts';
import { seedingDraw } from './seeding-draw.ts';
import { pointAt } from './weighted-draw.ts';

export type SeedingOptions = {
  readonly clusters: number;
  readonly restarts: number;
  readonly seed: number;
  readonly onProgress?: () => void;
};

/** Points near a candidate by which its worth as a centre is judged. */
const LOOKED_AT = 64;

/** Candidates for each that scikit-learn looks at. */
const CANDIDATES = 8;

/** Draws that may be thrown away for one candidate; after that it is kept as it is. */
const MOST_ATTEMPTS = 64;

/** So many centres are compared with all points at a time. */
const COMPARED_AT_ONCE = 256;

/** One restart on its way. */
type Seeding = {
  /** [clusters], rows of the points chosen as first centres. */
  readonly chosen: Int32Array;
  /** [points], squared distance to the nearest chosen one, as far as it is known. */
  readonly nearest: Float64Array;
  /** [points], the nearest centre among those that were compared with all points, its squared distance and that of the next. */
  readonly assignment: Int32Array;
  readonly distances: Float64Array;
  readonly bounds: Float64Array;
};

type Neighbours = ReturnType<typeof nearestPoints>;

/**
 * First centres of every restart: greedy k-means++ (Arthur and Vassilvitskii 2007), in which a candidate is judged by what it
 * brings to the points nearest to it, found once for all restarts, instead of by all points. So judged, candidates cost next
 * to nothing, and eight times as many as scikit-learn's 2 + floor(ln k) end at an inertia at or below that of judging by all
 * points (docs/performance.md). All points learn of the chosen ones of all restarts some hundred at a time, in one
 * matrix product, which also tells the first assignment.
 */
export function* seedCentres(points: Points, options: SeedingOptions): Generator<Start> {
  const { clusters, restarts, seed, onProgress } = options;
  const neighbours = nearestPoints(points, Math.min(LOOKED_AT, points.count), onProgress);
  const seedings = Array.from({ length: restarts }, () => beginSeeding(points, clusters));
  const trials = CANDIDATES * (2 + Math.floor(Math.log(clusters)));
  let known = 0;
  while (known < clusters) {
    const size = Math.min(COMPARED_AT_ONCE, clusters - known, Math.max(1, known));
    for (const [restart, seeding] of seedings.entries()) {
      const draw = drawerOf(seeding.nearest, known === 0);
      for (let step = known; step < known + size; step += 1) {
        let counter = 0;
        const candidate = (): number => draw(() => seedingDraw(seed, restart, step, counter++));
        choose(seeding, neighbours, step, Array.from({ length: step === 0 ? 1 : trials }, candidate));
      }
    }
    learn(points, seedings, known, size);
    known += size;
    onProgress?.();
  }
  for (const { chosen, assignment, distances, bounds } of seedings) {
    yield { centres: rowsOf(points.values, chosen, points.dim), assignment, distances, bounds };
  }
}

function beginSeeding({ count }: Points, clusters: number): Seeding {
  return {
    chosen: new Int32Array(clusters),
    nearest: new Float64Array(count).fill(Number.MAX_VALUE),
    assignment: new Int32Array(count),
    distances: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
    bounds: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
  };
}

/**
 * Draws points in proportion to `nearest` as it is at each draw: by what it was, and again where the point has since come
 * nearer by so much (von Neumann's rejection).
 */
function drawerOf(nearest: Float64Array, isFirst: boolean): (share: () => number) => number {
  const before = nearest.slice();
  if (isFirst) return (share) => Math.floor(share() * nearest.length);
  const draw = pointAt(before);
  return (share) => {
    for (let attempt = 1; ; attempt += 1) {
      const point = draw(share());
      const isKept = share() * (before[point] as number) <= (nearest[point] as number);
      if (isKept || attempt === MOST_ATTEMPTS) return point;
    }
  };
}

/** The candidate that brings the points around it nearest becomes centre `step`. */
function choose(
  { chosen, nearest }: Seeding,
  { rows, distances, count }: Neighbours,
  step: number,
  candidates: readonly number[],
): void {
  const gainOf = (candidate: number): number => {
    let gain = 0;
    for (let at = candidate * count; at < (candidate + 1) * count; at += 1) {
      gain += Math.max(0, (nearest[rows[at] as number] as number) - (distances[at] as number));
    }
    return gain;
  };
  const gains = candidates.map(gainOf);
  const winner = candidates[gains.indexOf(Math.max(...gains))] as number;
  chosen[step] = winner;
  for (let at = winner * count; at < (winner + 1) * count; at += 1) {
    const row = rows[at] as number;
    nearest[row] = Math.min(nearest[row] as number, distances[at] as number);
  }
  nearest[winner] = 0;
}

/** Compares the centres `first` .. `first + size - 1` of every restart with all points, in one pass over these. */
function learn(points: Points, seedings: readonly Seeding[], first: number, size: number): void {
  const rows = new Int32Array(seedings.length * size);
  seedings.forEach(({ chosen }, restart) => {
    rows.set(chosen.subarray(first, first + size), restart * size);
  });
  const tell = (point: number, centre: number, distance: number, second: number, restart: number): void => {
    const { nearest, assignment, distances, bounds } = seedings[restart] as Seeding;
    const known = distances[point] as number;
    nearest[point] = Math.min(nearest[point] as number, distance);
    if (distance < known) {
      assignment[point] = first + centre;
      distances[point] = distance;
      bounds[point] = Math.min(second, known);
    } else {
      bounds[point] = Math.min(bounds[point] as number, distance);
    }
  };
  nearestTwo(points, rowsOf(points.values, rows, points.dim), tell, { groups: seedings.length });
}
