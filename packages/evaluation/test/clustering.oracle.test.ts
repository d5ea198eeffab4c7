import { tf } from '@spherelab/tensorflow';
import { describe, expect, it } from 'vitest';
import { EvaluationError, kMeans, nmi, normaliseSet, pairwiseF1 } from '../src/index.ts';
import { seedingDraw } from '../src/seeding-draw.ts';
import { naiveF1, naiveInertia, naiveNmi } from './naive-evaluation.ts';
import { balancedLabels, randomEmbeddings, testRandom } from './random-embeddings.ts';

describe('scores of an assignment equal plain loops', () => {
  it.each([1, 2, 3])('seed %i', (seed) => {
    const random = testRandom(seed);
    const labels = Int32Array.from({ length: 60 }, () => Math.floor(random() * 5) - 2);
    const assignment = labels.map((label) => (random() < 0.6 ? label * 10 : Math.floor(random() * 7)));
    expect(nmi(assignment, labels)).toBeCloseTo(naiveNmi([...assignment], [...labels]), 12);
    expect(pairwiseF1(assignment, labels)).toBeCloseTo(naiveF1([...assignment], [...labels]), 12);
  });

  it('NMI of one cluster and one class is 0/0 = NaN, as in the reference', () => {
    const same = Int32Array.from([3, 3, 3]);
    expect(nmi(same, same)).toBeNaN();
    expect(pairwiseF1(same, same)).toBe(1);
  });

  it('F1 without a pair in any cluster, or in any class, is refused', () => {
    const alone = Int32Array.from([0, 1, 2]);
    const together = Int32Array.from([0, 0, 0]);
    expect(() => pairwiseF1(alone, together)).toThrow('no two rows share a cluster');
    expect(() => pairwiseF1(together, alone)).toThrow('no two rows share a class');
  });

  it('other lengths and no rows are refused', () => {
    expect(() => nmi(new Int32Array(2), new Int32Array(3))).toThrow(EvaluationError);
    expect(() => pairwiseF1(new Int32Array(0), new Int32Array(0))).toThrow(EvaluationError);
  });
});

describe('k-means', () => {
  const set = normaliseSet(randomEmbeddings(balancedLabels(6, 20), 8, 0.2, 5));

  it('finds separated classes and reports the inertia of its assignment', () => {
    const { assignment, inertia } = kMeans(set, { clusters: 6, seed: 3 });
    expect(nmi(assignment, set.labels)).toBeCloseTo(1, 10);
    expect(Math.abs(inertia - naiveInertia(set, assignment))).toBeLessThan(1e-4 * inertia);
  });

  it('ends where every row is in the cluster of its nearest mean', () => {
    const noisy = normaliseSet(randomEmbeddings(balancedLabels(5, 30), 6, 3, 6));
    const { assignment } = kMeans(noisy, { clusters: 5, seed: 0 });
    const size = (cluster: number): number => assignment.filter((c) => c === cluster).length;
    const mean = (cluster: number, k: number): number =>
      noisy.embeddings.reduce(
        (sum, value, at) => (at % 6 === k && assignment[Math.floor(at / 6)] === cluster ? sum + value : sum),
        0,
      ) / size(cluster);
    const centres = [0, 1, 2, 3, 4].map((cluster) => [0, 1, 2, 3, 4, 5].map((k) => mean(cluster, k)));
    for (const row of noisy.labels.keys()) {
      const distances = centres.map((centre) =>
        centre.reduce((sum, value, k) => sum + (value - (noisy.embeddings[row * 6 + k] as number)) ** 2, 0),
      );
      const own = distances[assignment[row] as number] as number;
      // The means may still have moved by the tolerance after the last assignment.
      expect(own).toBeLessThanOrEqual(Math.min(...distances) + 1e-2);
    }
  });

  it('gives the same answer every time, whatever ran between, and another start for another seed', () => {
    const options = { clusters: 6, restarts: 1, maxIterations: 1 };
    const first = kMeans(set, { ...options, seed: 1 });
    kMeans(set, { clusters: 3, seed: 9 });
    expect(kMeans(set, { ...options, seed: 1 })).toEqual(first);
    expect(kMeans(set, { ...options, seed: 2 }).assignment).not.toEqual(first.assignment);
  });

  it('keeps the best restart: more of them never end worse', () => {
    const noisy = normaliseSet(randomEmbeddings(balancedLabels(10, 12), 4, 2, 7));
    const inertias = [1, 2, 5, 10].map((restarts) => kMeans(noisy, { clusters: 10, seed: 4, restarts }).inertia);
    expect(inertias).toEqual([...inertias].sort((a, b) => b - a));
  });

  it('copes with fewer distinct points than clusters', () => {
    const embeddings = Float32Array.from({ length: 20 }, (_, at) => (at < 10 ? 1 : -1));
    const few = { embeddings, labels: new Int32Array(10), dim: 2 };
    const { assignment, inertia } = kMeans(few, { clusters: 4, seed: 0 });
    expect(inertia).toBeCloseTo(0, 10);
    expect(assignment[0]).not.toBe(assignment[9]);
  });

  it('takes as many clusters as rows, and one', () => {
    const small = randomEmbeddings([0, 1, 2, 3], 3, 0.1, 1);
    expect(kMeans(small, { clusters: 4, seed: 0 }).inertia).toBeCloseTo(0, 5);
    expect([...kMeans(small, { clusters: 1, seed: 0 }).assignment]).toEqual([0, 0, 0, 0]);
  });

  it.each([0, 5, 1.5])('refuses %d clusters of 4 rows', (clusters) => {
    const small = randomEmbeddings([0, 1, 2, 3], 3, 0.1, 1);
    expect(() => kMeans(small, { clusters, seed: 0 })).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });

  it('leaks no tensor and reports progress', () => {
    const before = tf.memory().numTensors;
    let ticks = 0;
    kMeans(set, {
      clusters: 6,
      seed: 0,
      onProgress: () => {
        ticks += 1;
      },
    });
    expect(ticks).toBeGreaterThan(6);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('clusters 6,000 x 512 into 100 in seconds', () => {
    const large = normaliseSet(randomEmbeddings(balancedLabels(100, 60), 512, 2, 3));
    const started = performance.now();
    kMeans(large, { clusters: 100, seed: 0 });
    // The bound leaves room for a machine that is busy with other tests.
    expect(performance.now() - started).toBeLessThan(45_000);
  });
});

it('seedingDraw is uniform and depends on every counter', () => {
  const draws = Array.from({ length: 20_000 }, (_, i) => seedingDraw(7, i % 10, Math.floor(i / 10), 3));
  expect(new Set(draws).size).toBeGreaterThan(19_990);
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const share = draws.filter((draw) => Math.floor(draw * 10) === tenth).length / draws.length;
    expect(share).toBeCloseTo(0.1, 1.9);
  }
  expect(seedingDraw(7, 1, 2, 3)).not.toBe(seedingDraw(8, 1, 2, 3));
  expect(seedingDraw(7, 1, 2, 3)).toBe(seedingDraw(7, 1, 2, 3));
});
