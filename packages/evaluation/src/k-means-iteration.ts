import { nearestTwo, type Points, rowsOf } from './k-means-points.ts';

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

/** What a run of Lloyd's algorithm starts from: first centres and the assignment to them. */
export type Start = {
  /** [clusters, dim] */
  readonly centres: Float32Array;
  /** [points], the nearest of them. */
  readonly assignment: Int32Array;
  /** [points], its squared distance. */
  readonly distances: Float64Array;
  /** [points], the squared distance of the next nearest. */
  readonly bounds: Float64Array;
};

/** Mutable while one run of Lloyd's algorithm lasts. */
type State = {
  readonly centres: Float32Array;
  readonly assignment: Int32Array;
  /** [count], squared distance of each point to its centre. */
  readonly distances: Float64Array;
  /** [count], no other centre is nearer than this squared distance. */
  readonly bounds: Float64Array;
  /** [clusters], 1 where the members changed since the centre was last moved. */
  readonly changed: Uint8Array;
  /** [clusters, dim], sums of the members, kept up to date by what changes. */
  readonly sums: Float64Array;
  readonly sizes: Int32Array;
};

function count(points: Points, { sums, sizes, changed }: State, point: number, cluster: number, sign: 1 | -1): void {
  const { values, dim } = points;
  const from = point * dim;
  const to = cluster * dim;
  for (let k = 0; k < dim; k += 1) sums[to + k] = (sums[to + k] as number) + sign * (values[from + k] as number);
  sizes[cluster] = (sizes[cluster] as number) + sign;
  changed[cluster] = 1;
}

function reassign(points: Points, state: State, point: number, cluster: number): void {
  const before = state.assignment[point] as number;
  if (before >= 0) count(points, state, point, before, -1);
  count(points, state, point, cluster, 1);
  state.assignment[point] = cluster;
}

/** Puts the points of `rows` to their nearest centre, the first among equals; returns how many changed cluster. */
function assign(points: Points, state: State, rows: Int32Array): number {
  const { assignment, distances, bounds } = state;
  let reassigned = 0;
  const tell = (point: number, centre: number, distance: number, second: number): void => {
    distances[point] = distance;
    bounds[point] = second;
    if (assignment[point] === centre) return;
    reassign(points, state, point, centre);
    reassigned += 1;
  };
  nearestTwo(points, state.centres, tell, { rows });
  return reassigned;
}

/**
 * The same after `moved` centres moved and the rest stayed: each point is compared with those that moved, and only a point
 * whose own centre went farther off than the bound on the others is compared with all.
 */
function assignAgain(points: Points, state: State, moved: Int32Array): number {
  const { centres, assignment, distances, bounds } = state;
  const isMoved = new Uint8Array(state.sizes.length);
  for (const cluster of moved) isMoved[cluster] = 1;
  const open: number[] = [];
  let reassigned = 0;
  nearestTwo(points, rowsOf(centres, moved, points.dim), (point, at, distance, second) => {
    const cluster = moved[at] as number;
    const own = assignment[point] as number;
    const bound = bounds[point] as number;
    if (isMoved[own] === 0 && distance >= (distances[point] as number)) {
      bounds[point] = Math.min(bound, distance);
      return;
    }
    if (isMoved[own] === 1 && distance > bound) {
      open.push(point);
      return;
    }
    const stayed = isMoved[own] === 0 ? (distances[point] as number) : Number.POSITIVE_INFINITY;
    bounds[point] = Math.min(bound, second, stayed);
    distances[point] = distance;
    if (cluster === own) return;
    reassign(points, state, point, cluster);
    reassigned += 1;
  });
  return reassigned + assign(points, state, Int32Array.from(open));
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
    state.bounds[farthest] = state.distances[farthest] as number;
    state.distances[farthest] = 0;
  });
}

/** Moves the centres whose members changed to the mean of these; returns the sum of squared shifts. */
function moveCentres({ centres, sums, sizes }: State, moved: Int32Array, dim: number): number {
  let shift = 0;
  for (const cluster of moved) {
    const size = sizes[cluster] as number;
    if (size === 0) continue;
    for (let at = cluster * dim; at < (cluster + 1) * dim; at += 1) {
      const centre = Math.fround((sums[at] as number) / size);
      shift += (centre - (centres[at] as number)) ** 2;
      centres[at] = centre;
    }
  }
  return shift;
}

/** The clusters whose members changed; from here on none has. */
function takeChanged({ changed }: State): Int32Array {
  const clusters = Int32Array.from(changed.keys()).filter((cluster) => changed[cluster] === 1);
  changed.fill(0);
  return clusters;
}

/** Lloyd's algorithm; every assignment is that of comparing all points with all centres. */
export function iterate(
  points: Points,
  { centres, assignment, distances, bounds }: Start,
  options: IterationOptions,
): Clustering {
  const clusters = centres.length / points.dim;
  const state: State = {
    centres: centres.slice(),
    assignment: new Int32Array(points.count).fill(-1),
    distances: distances.slice(),
    bounds: bounds.slice(),
    changed: new Uint8Array(clusters),
    sums: new Float64Array(centres.length),
    sizes: new Int32Array(clusters),
  };
  assignment.forEach((cluster, point) => {
    reassign(points, state, point, cluster);
  });
  let iterations = 0;
  let reassigned = points.count;
  while (reassigned > 0 && iterations < options.maxIterations) {
    iterations += 1;
    fillEmptyClusters(points, state);
    const moved = takeChanged(state);
    const shift = moveCentres(state, moved, points.dim);
    reassigned = assignAgain(points, state, moved);
    options.onProgress?.();
    if (shift <= options.tolerance) break;
  }
  const inertia = state.distances.reduce((sum, distance) => sum + distance, 0);
  return { assignment: state.assignment, inertia, iterations };
}
