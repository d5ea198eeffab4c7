import { describe, expect, it } from 'vitest';
import { type EmbeddingSet, kMeans, normaliseSet } from '../src/index.ts';
import { iterate, type Start } from '../src/k-means-iteration.ts';
import { withPoints } from '../src/k-means-points.ts';
import { seedCentres } from '../src/k-means-seeding.ts';
import { naiveInertia } from './naive-evaluation.ts';
import { balancedLabels, randomEmbeddings, testRandom } from './random-embeddings.ts';

type Rows = readonly (readonly number[])[];

function rowsOf(values: Float32Array, dim: number): Rows {
  return Array.from({ length: values.length / dim }, (_, i) => [...values.subarray(i * dim, (i + 1) * dim)]);
}

function nearestOf(point: readonly number[], centres: Rows): number {
  const distances = centres.map((centre) =>
    centre.reduce((sum, value, k) => sum + (value - (point[k] as number)) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}

/** Lloyd's algorithm comparing all points with all centres each time, in float64. */
function plainLloyd(points: Rows, firstCentres: Rows, iterations: number): number[] {
  let centres = firstCentres;
  let assignment = points.map((point) => nearestOf(point, centres));
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    centres = centres.map((centre, cluster) => {
      const members = points.filter((_, i) => assignment[i] === cluster);
      return centre.map((_, k) => members.reduce((sum, member) => sum + (member[k] as number), 0) / members.length);
    });
    assignment = points.map((point) => nearestOf(point, centres));
  }
  return assignment;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Greedy k-means++ as scikit-learn does it: each of 2 + floor(ln k) candidates is judged by the distances of all points. */
function plainGreedySeeding(points: Rows, clusters: number, random: () => number): Rows {
  const distancesTo = (centre: readonly number[]) =>
    points.map((point) => point.reduce((sum, value, k) => sum + (value - (centre[k] as number)) ** 2, 0));
  const centres = [points[Math.floor(random() * points.length)] as readonly number[]];
  let nearest = distancesTo(centres[0] as readonly number[]);
  while (centres.length < clusters) {
    const total = nearest.reduce((sum, distance) => sum + distance, 0);
    const draw = (): number => {
      let left = random() * total;
      return nearest.findIndex((distance) => {
        left -= distance;
        return left < 0;
      });
    };
    const judged = Array.from({ length: 2 + Math.floor(Math.log(clusters)) }, () => {
      const candidate = points[draw()] as readonly number[];
      const after = distancesTo(candidate).map((distance, i) => Math.min(distance, nearest[i] as number));
      return { candidate, after, potential: after.reduce((sum, distance) => sum + distance, 0) };
    });
    const best = judged.reduce((one, other) => (other.potential < one.potential ? other : one));
    centres.push(best.candidate);
    nearest = best.after;
  }
  return centres;
}

describe('an iteration that compares only what may have changed', () => {
  const set = normaliseSet(randomEmbeddings(balancedLabels(12, 25), 6, 3, 21));
  const clusters = 24;

  it.each([1, 2, 3, 5, 8, 13])(
    'assigns as comparing all points with all centres does: %i iterations',
    (maxIterations) => {
      withPoints(set, (points) => {
        const [start] = [...seedCentres(points, { clusters, restarts: 1, seed: 4 })] as [Start];
        const { assignment, iterations } = iterate(points, start, { maxIterations, tolerance: 0 });
        expect(iterations).toBeLessThanOrEqual(maxIterations);
        const plain = plainLloyd(rowsOf(set.embeddings, set.dim), rowsOf(start.centres, set.dim), iterations);
        expect([...assignment]).toEqual(plain);
      });
    },
  );
});

describe('first centres that are judged by the points around them', () => {
  const set: EmbeddingSet = normaliseSet(randomEmbeddings(balancedLabels(40, 12), 8, 0.6, 8));

  it('come with the assignment to them, and the distance to the next nearest', () => {
    withPoints(set, (points) => {
      const [start] = [...seedCentres(points, { clusters: 70, restarts: 1, seed: 2 })] as [Start];
      const centreRows = rowsOf(start.centres, set.dim);
      rowsOf(set.embeddings, set.dim).forEach((point, i) => {
        const distances = centreRows.map((centre) =>
          centre.reduce((sum, value, k) => sum + (value - (point[k] as number)) ** 2, 0),
        );
        const [nearest, next] = distances.toSorted((a, b) => a - b);
        expect(distances[start.assignment[i] as number]).toBeCloseTo(nearest as number, 5);
        expect(start.distances[i]).toBeCloseTo(nearest as number, 5);
        expect(start.bounds[i]).toBeCloseTo(next as number, 5);
      });
    });
  });

  it('end at no more inertia than those judged by all points', () => {
    const points = rowsOf(set.embeddings, set.dim);
    const greedy = Array.from({ length: 4 }, (_, seed) => {
      const assignment = plainLloyd(points, plainGreedySeeding(points, 60, testRandom(seed)), 40);
      return naiveInertia(set, Int32Array.from(assignment));
    });
    const ours = Array.from({ length: 4 }, (_, seed) => kMeans(set, { clusters: 60, seed, restarts: 1 }).inertia);
    expect(meanOf(ours)).toBeLessThanOrEqual(meanOf(greedy));
  });

  it('serve more than a thousand clusters, also where points coincide', () => {
    const many = normaliseSet(randomEmbeddings(balancedLabels(1_100, 3), 8, 0.1, 5));
    const { assignment, inertia } = kMeans(many, { clusters: 1_100, seed: 0, restarts: 2 });
    expect(new Set(assignment).size).toBe(1_100);
    expect(inertia).toBeCloseTo(naiveInertia(many, assignment), 3);
    const embeddings = Float32Array.from({ length: 2 * 1_300 }, (_, at) => 1 + (Math.floor(at / 2) % 700));
    const few = { embeddings, labels: new Int32Array(1_300), dim: 2 };
    expect(kMeans(few, { clusters: 1_001, seed: 0, restarts: 1 }).inertia).toBeLessThan(1);
  });
});
