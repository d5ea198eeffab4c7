import { describe, expect, it } from 'vitest';
import { type EmbeddingSet, nearestNeighbours, retrieve } from '../src/index.ts';
import { testRandom } from './random-embeddings.ts';

/** Rows with one or four entries of -1 or 1 among four: every cosine is a multiple of 1/4, exactly, and most are shared by many. */
function gridEmbeddings(labels: readonly number[], seed: number): EmbeddingSet {
  const random = testRandom(seed);
  const sign = () => (random() < 0.5 ? -1 : 1);
  const rows = labels.flatMap(() => {
    const only = random() < 0.5 ? Math.floor(4 * random()) : null;
    return [0, 1, 2, 3].map((k) => (only === null || only === k ? sign() : 0));
  });
  return { embeddings: Float32Array.from(rows), labels: Int32Array.from(labels), dim: 4 };
}

/** The definitions for the queries `asked`, on cosines that are exact. */
function plainRetrieval({ embeddings, labels, dim }: EmbeddingSet, asked: readonly number[]) {
  const rows = Array.from(labels, (_, i) => [...embeddings.subarray(i * dim, (i + 1) * dim)]);
  const norms = rows.map((row) => Math.hypot(...row));
  const order = Int32Array.from(labels.keys());
  return asked.map((i) => {
    const row = rows[i] as number[];
    const cosines = rows.map(
      (other, j) =>
        row.reduce((sum, value, k) => sum + value * (other[k] as number), 0) /
        (norms[i] as number) /
        (norms[j] as number),
    );
    const counted = cosines.map((cosine, j) => (j === i ? cosine - 1 : cosine));
    const best = counted.reduce((most, cosine, j) => (labels[j] === labels[i] ? Math.max(most, cosine) : most), -2);
    const relevant = labels.filter((label) => label === labels[i]).length - 1;
    // The order of the device: by falling cosine, ties by row, the query passed over.
    const ranked = order.toSorted((a, b) => (cosines[b] as number) - (cosines[a] as number) || a - b);
    const nearest = [...ranked].filter((j) => j !== i).slice(0, relevant);
    const hits = nearest.map((j) => (labels[j] === labels[i] ? 1 : 0));
    return {
      higher: counted.filter((cosine) => cosine > best).length,
      precision: relevant === 0 ? Number.NaN : hits.reduce<number>((sum, hit) => sum + hit, 0) / relevant,
    };
  });
}

describe('retrieval counts as the plain way does where most cosines are tied', () => {
  it.each([
    { title: 'pairs', rows: 300, classes: 150 },
    { title: 'a few large classes', rows: 240, classes: 3 },
    { title: 'classes of one among others', rows: 200, classes: 180 },
    { title: 'more rows than one block holds', rows: 2_999, classes: 700 },
    { title: 'longer lists than are kept at a time', rows: 6_100, classes: 2 },
  ])('$title', ({ rows, classes }) => {
    const set = gridEmbeddings(
      Array.from({ length: rows }, (_, i) => i % classes),
      rows,
    );
    const asked = Array.from({ length: 200 }, (_, at) => Math.floor((at * rows) / 200));
    const expected = plainRetrieval(set, asked);
    const { strictlyHigher, precisionAtR } = retrieve(set, null);
    expect(asked.map((i) => strictlyHigher[i])).toEqual(expected.map(({ higher }) => higher));
    expect(asked.map((i) => precisionAtR[i])).toEqual(expected.map(({ precision }) => precision));
  });
});

describe('retrieval of rows that coincide, wherever they stand in the blocks', () => {
  const dim = 64;
  const random = testRandom(5);
  const directions = Array.from({ length: 40 }, () => Array.from({ length: dim }, () => random() - 0.5));
  const setOf = (labels: Int32Array, directionOf: (row: number) => number): EmbeddingSet => ({
    embeddings: Float32Array.from(Array.from(labels.keys()).flatMap((row) => directions[directionOf(row)] as number[])),
    labels,
    dim,
  });

  it('a collapsed network has every row first, and ranks by row', () => {
    const labels = Int32Array.from({ length: 2_500 }, (_, row) => row % 100);
    const { strictlyHigher, precisionAtR } = retrieve(
      setOf(labels, () => 0),
      null,
    );
    expect(new Set(strictlyHigher)).toEqual(new Set([0]));
    // The 24 nearest of 2,499 rows that all tie are the lowest ones: of class 5 there is row 5 alone.
    expect([precisionAtR[5], precisionAtR[205], precisionAtR[60]]).toEqual([0, 1 / 24, 0]);
  });

  // One block, one, and three.
  it.each([128, 512, 2_400])('copies in other classes push no row down, %i rows', (length) => {
    const labels = Int32Array.from({ length }, (_, row) => Math.floor(row / 2) % (length / 4));
    const { strictlyHigher } = retrieve(
      setOf(labels, (row) => Math.floor(row / 2) % 40),
      null,
    );
    expect(new Set(strictlyHigher)).toEqual(new Set([0]));
  });
});

describe('nearest neighbours without an answer', () => {
  const gallery = { embeddings: Float32Array.of(1, 0, 0, 1, 1, 1), labels: Int32Array.of(0, 0, 1), dim: 2 };

  it('a query whose class the gallery lacks is left out', () => {
    const query = { embeddings: Float32Array.of(1, 2, 2, 1), labels: Int32Array.of(9, 0), dim: 2 };
    expect(nearestNeighbours(query, gallery, { count: 1 }).map(({ query: row }) => row)).toEqual([1]);
  });

  it('where all are left out, nothing is found', () => {
    const query = { embeddings: Float32Array.of(1, 2), labels: Int32Array.of(9), dim: 2 };
    expect(nearestNeighbours(query, gallery, { count: 1 })).toEqual([]);
  });

  it('a gallery of one class has no wrong neighbour', () => {
    const same = { ...gallery, labels: Int32Array.of(0, 0, 0) };
    expect(nearestNeighbours(same, null, { count: 1 })).toEqual([]);
  });
});
