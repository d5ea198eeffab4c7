import { tf } from '@spherelab/tensorflow';
import { describe, expect, it } from 'vitest';
import { type EmbeddingSet, nearestNeighbours, normHistogram, principalComponents } from '../src/index.ts';
import { balancedLabels, randomEmbeddings, testRandom } from './random-embeddings.ts';

/** Eigenvalues and vectors of a symmetric matrix by Jacobi rotations, largest first: slow, and another method than ours. */
function jacobi(matrix: number[][]): { values: number[]; vectors: number[][] } {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const at = (m: number[][], i: number, j: number) => (m[i] as number[])[j] as number;
  const v = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 60; sweep += 1) {
    for (let p = 0; p < n; p += 1) {
      for (let q = p + 1; q < n; q += 1) {
        if (Math.abs(at(a, p, q)) < 1e-15) continue;
        const theta = (at(a, q, q) - at(a, p, p)) / (2 * at(a, p, q));
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (const m of [a, v]) {
          for (const row of m)
            [row[p], row[q]] = [
              c * (row[p] as number) - s * (row[q] as number),
              s * (row[p] as number) + c * (row[q] as number),
            ];
        }
        const [rowP, rowQ] = [a[p] as number[], a[q] as number[]];
        for (let k = 0; k < n; k += 1)
          [rowP[k], rowQ[k]] = [
            c * (rowP[k] as number) - s * (rowQ[k] as number),
            s * (rowP[k] as number) + c * (rowQ[k] as number),
          ];
      }
    }
  }
  const order = a.map((_, i) => i).sort((i, j) => at(a, j, j) - at(a, i, i));
  return { values: order.map((i) => at(a, i, i)), vectors: order.map((i) => v.map((row) => row[i] as number)) };
}

describe('principal components', () => {
  const { embeddings, dim } = randomEmbeddings(balancedLabels(7, 9), 6, 0.6, 11);
  const rows = embeddings.length / dim;
  const value = (row: number, i: number) => embeddings[row * dim + i] as number;
  const means = Array.from(
    { length: dim },
    (_, i) => Array.from({ length: rows }, (__, row) => value(row, i)).reduce((a, b) => a + b) / rows,
  );
  const covariance = means.map((_, i) =>
    means.map(
      (__, j) =>
        Array.from(
          { length: rows },
          (___, row) => (value(row, i) - (means[i] as number)) * (value(row, j) - (means[j] as number)),
        ).reduce((a, b) => a + b) / rows,
    ),
  );

  it('are the projections on the eigenvectors of the covariance matrix, with their share of the variance', () => {
    const { values, vectors } = jacobi(covariance);
    const total = values.reduce((a, b) => a + b);
    const { coordinates, explained } = principalComponents({ embeddings, dim }, 3);
    for (let component = 0; component < 3; component += 1) {
      expect(explained[component]).toBeCloseTo((values[component] as number) / total, 9);
      const axis = vectors[component] as number[];
      const sign = axis.reduce((most, entry) => (Math.abs(entry) > Math.abs(most) ? entry : most), 0) < 0 ? -1 : 1;
      for (let row = 0; row < rows; row += 1) {
        const expected = sign * axis.reduce((sum, entry, i) => sum + entry * (value(row, i) - (means[i] as number)), 0);
        expect(coordinates[row * 3 + component]).toBeCloseTo(expected, 4);
      }
    }
  });

  it('put equal rows in one place, and a line of rows on one axis', () => {
    const equal = principalComponents({ embeddings: Float32Array.of(1, 2, 1, 2, 1, 2), dim: 2 }, 2);
    expect([...equal.coordinates].every((coordinate) => coordinate === 0)).toBe(true);
    expect(equal.explained).toEqual([0, 0]);
    const line = principalComponents({ embeddings: Float32Array.of(0, 0, 3, 4, 6, 8), dim: 2 }, 2);
    expect(line.explained[0]).toBeCloseTo(1, 12);
    expect([line.coordinates[0], line.coordinates[2], line.coordinates[4]].map((x) => Math.round(x as number))).toEqual(
      [-5, 0, 5],
    );
  });

  it('refuse rows that do not fit their dimension, and none', () => {
    expect(() => principalComponents({ embeddings: new Float32Array(5), dim: 2 }, 2)).toThrow(/do not make/);
    expect(() => principalComponents({ embeddings: new Float32Array(0), dim: 2 }, 2)).toThrow(/no rows/);
  });
});

function naiveNeighbours(query: EmbeddingSet, gallery: EmbeddingSet | null, row: number) {
  const other = gallery ?? query;
  const vector = (set: EmbeddingSet, at: number) =>
    Array.from(set.embeddings.subarray(at * set.dim, (at + 1) * set.dim));
  const own = vector(query, row);
  const cosine = (a: number[], b: number[]) =>
    a.reduce((sum, entry, i) => sum + entry * (b[i] as number), 0) / Math.hypot(...a) / Math.hypot(...b);
  const all = Array.from(other.labels, (label, at) => ({ at, label, cosine: cosine(own, vector(other, at)) })).filter(
    ({ at }) => gallery !== null || at !== row,
  );
  all.sort((a, b) => b.cosine - a.cosine);
  const best = (right: boolean) => all.find(({ label }) => (label === query.labels[row]) === right)?.cosine;
  return { all, right: best(true), wrong: best(false) };
}

describe('nearest neighbours', () => {
  const singletons = randomEmbeddings([...balancedLabels(5, 6), 17, 18], 5, 0.9, 3);
  it.each([
    ['with themselves', singletons, null],
    ['with a gallery', randomEmbeddings(balancedLabels(5, 3), 5, 0.9, 4), singletons],
  ])('%s equal plain loops; a query without another of its class is left out', (_, query, gallery) => {
    const before = tf.memory().numTensors;
    const found = nearestNeighbours(query, gallery, { count: 7 });
    expect(tf.memory().numTensors).toBe(before);
    const answerable = Array.from(query.labels.keys()).filter(
      (row) => naiveNeighbours(query, gallery, row).right !== undefined,
    );
    expect(found.map(({ query: row }) => row)).toEqual(answerable);
    for (const { query: row, rows, cosines, hardness } of found) {
      const { all, right, wrong } = naiveNeighbours(query, gallery, row);
      expect([...rows]).toEqual(all.slice(0, 7).map(({ at }) => at));
      for (const [rank, cosine] of cosines.entries())
        expect(cosine).toBeCloseTo((all[rank] as { cosine: number }).cosine, 5);
      expect(hardness).toBeCloseTo((wrong as number) - (right as number), 5);
    }
  });

  it('looks at the queries that are asked for, and lists no more than there are', () => {
    const found = nearestNeighbours(singletons, null, { count: 500, queries: Int32Array.of(4, 2) });
    expect(found.map(({ query }) => query)).toEqual([4, 2]);
    expect(found[0]?.rows).toHaveLength(singletons.labels.length - 1);
  });

  it('a duplicate of the query is its nearest, the query itself never', () => {
    const set = { embeddings: Float32Array.of(1, 0, 1, 0, 0, 1), labels: Int32Array.of(0, 0, 1), dim: 2 };
    expect(Array.from(nearestNeighbours(set, null, { count: 2 })[0]?.rows ?? [])).toEqual([1, 2]);
  });
});

describe('the histogram of norms', () => {
  it('counts each norm once, in the bin that plain comparison finds', () => {
    const random = testRandom(5);
    const norms = Float64Array.from({ length: 400 }, () => 1 + 3 * random());
    const { low, high, counts, mean, sd } = normHistogram(norms, 13);
    const edge = (bin: number) => low + (bin * (high - low)) / 13;
    const expected = counts.map(
      (_, bin) => norms.filter((norm) => norm >= edge(bin) && (norm < edge(bin + 1) || bin === 12)).length,
    );
    expect(counts).toEqual(expected);
    expect([low, high]).toEqual([Math.min(...norms), Math.max(...norms)]);
    const average = norms.reduce((a, b) => a + b) / 400;
    expect(mean).toBeCloseTo(average, 12);
    expect(sd).toBeCloseTo(Math.sqrt(norms.reduce((sum, norm) => sum + (norm - average) ** 2, 0) / 400), 12);
  });

  it('gives equal norms a range to stand in', () => {
    const { low, high, counts } = normHistogram(Float64Array.of(2, 2, 2), 4);
    expect([low, high]).toEqual([1.5, 2.5]);
    expect(counts.reduce((a, b) => a + b)).toBe(3);
  });

  it('refuses none, and what is not finite', () => {
    expect(() => normHistogram(new Float64Array(0), 4)).toThrow(/no norms/);
    expect(() => normHistogram(Float64Array.of(1, Number.NaN), 4)).toThrow(/NaN/);
    expect(() => normHistogram(Float64Array.of(1), 0)).toThrow(/bins/);
  });
});
