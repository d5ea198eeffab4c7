import { nearestCentres, type Points } from './k-means-points.ts';

export type Clustering = {
  /** [count], the cluster of each point, 0 .. clusters - 1. */
  readonly assignment: Int32Array;
  /** Sum of squared distances of the points to their centres. */
  readonly inertia: number;
  readonly iterations: number;
};

export type IterationOptions = {
  readonly maxIterations: number;
  /** Stop when the centres together move by no more than this squared distance. */
  readonly tolerance: number;
  readonly onProgress?: () => void;
};

/** Mutable while one run of Lloyd's algorithm lasts. */
type State = {
  readonly centres: Float32Array;
  readonly assignment: Int32Array;
  /** [count], squared distance of each point to its centre. */
  readonly distances: Float64Array;
  /** [clusters, dim], sums of the members, kept up to date by what changes. */
  readonly sums: Float64Array;
  readonly sizes: Int32Array;
};

function move(points: Points, { sums, sizes }: State, point: number, cluster: number, sign: 1 | -1): void {
  const { values, dim } = points;
  const from = point * dim;
  const to = cluster * dim;
  for (let k = 0; k < dim; k += 1) sums[to + k] = (sums[to + k] as number) + sign * (values[from + k] as number);
  sizes[cluster] = (sizes[cluster] as number) + sign;
}

function reassign(points: Points, state: State, point: number, cluster: number): void {
  const before = state.assignment[point] as number;
  if (before >= 0) move(points, state, point, before, -1);
  move(points, state, point, cluster, 1);
  state.assignment[point] = cluster;
}

/** Puts every point to its nearest centre, the first among equals; returns how many changed cluster. */
function assign(points: Points, state: State): number {
  let changed = 0;
  nearestCentres(points, state.centres, (point, centre, distance) => {
    state.distances[point] = distance;
    if (state.assignment[point] === centre) return;
    reassign(points, state, point, centre);
    changed += 1;
  });
  return changed;
}

/** An empty cluster takes the point farthest from its centre, as in scikit-learn. */
function fillEmptyClusters(points: Points, state: State): void {
  state.sizes.forEach((size, cluster) => {
    if (size > 0) return;
    let farthest = 0;
    state.distances.forEach((distance, point) => {
      if (distance > (state.distances[farthest] as number)) farthest = point;
    });
    reassign(points, state, farthest, cluster);
    state.distances[farthest] = 0;
  });
}

/** Moves each centre to the mean of its members; returns the sum of squared shifts. */
function moveCentres({ centres, sums, sizes }: State, dim: number): number {
  let shift = 0;
  for (let at = 0; at < sums.length; at += 1) {
    const size = sizes[Math.floor(at / dim)] as number;
    if (size === 0) continue;
    const centre = Math.fround((sums[at] as number) / size);
    shift += (centre - (centres[at] as number)) ** 2;
    centres[at] = centre;
  }
  return shift;
}

/** Lloyd's algorithm from the given centres [clusters, dim]. */
export function iterate(points: Points, firstCentres: Float32Array, options: IterationOptions): Clustering {
  const clusters = firstCentres.length / points.dim;
  const state: State = {
    centres: firstCentres.slice(),
    assignment: new Int32Array(points.count).fill(-1),
    distances: new Float64Array(points.count),
    sums: new Float64Array(firstCentres.length),
    sizes: new Int32Array(clusters),
  };
  let iterations = 0;
  while (iterations < options.maxIterations) {
    const changed = assign(points, state);
    options.onProgress?.();
    if (changed === 0) break;
    iterations += 1;
    fillEmptyClusters(points, state);
    if (moveCentres(state, points.dim) > options.tolerance) continue;
    assign(points, state);
    break;
  }
  if (iterations === options.maxIterations) assign(points, state);
  const inertia = state.distances.reduce((sum, distance) => sum + distance, 0);
  return { assignment: state.assignment, inertia, iterations };
}
