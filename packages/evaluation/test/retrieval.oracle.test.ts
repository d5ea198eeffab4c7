import { tf } from '@spherelab/tensorflow';
import { describe, expect, it } from 'vitest';
import { meanAveragePrecisionAtR, recallAtK, retrieve, rPrecision } from '../src/index.ts';
import { naiveAtR, naiveRecall } from './naive-evaluation.ts';
import { balancedLabels, randomEmbeddings, reordered } from './random-embeddings.ts';

const unbalanced = [...balancedLabels(6, 4), 0, 0, 0, 0, 0, 9, 17];
const cases = [
  { title: 'balanced classes', query: randomEmbeddings(balancedLabels(8, 5), 6, 1.5, 1), gallery: null },
  { title: 'unbalanced classes and singletons', query: randomEmbeddings(unbalanced, 4, 2, 2), gallery: null },
  {
    title: 'query and gallery',
    query: randomEmbeddings(balancedLabels(5, 3), 4, 2, 3),
    gallery: randomEmbeddings([...unbalanced, 3, 4, 4], 4, 2, 4),
  },
];

describe.each(cases)('retrieval with $title equals plain loops', ({ query, gallery }) => {
  it('recall at K', () => {
    const ks = [1, 2, 3, 5, 8, 50];
    const recall = recallAtK(query, gallery, ks);
    for (const k of ks) expect(recall[String(k)], `K = ${k}`).toBeCloseTo(naiveRecall(query, gallery, k), 12);
  });

  it('MAP@R and R-precision', () => {
    const expected = naiveAtR(query, gallery);
    expect(meanAveragePrecisionAtR(query, gallery)).toBeCloseTo(expected.map, 12);
    expect(rPrecision(query, gallery)).toBeCloseTo(expected.precision, 12);
  });

  it('leaves no tensor and does not change its input', () => {
    const before = tf.memory().numTensors;
    const copy = query.embeddings.slice();
    retrieve(query, gallery);
    expect(tf.memory().numTensors).toBe(before);
    expect(query.embeddings).toEqual(copy);
  });

  it('does not depend on the order of the rows or on their norms', () => {
    const order = [...query.labels.keys()].sort((a, b) => ((a * 7) % 11) - ((b * 7) % 11) || a - b);
    const moved = reordered(query, order);
    const scaled = { ...moved, embeddings: moved.embeddings.map((v, at) => v * 2 ** (Math.floor(at / moved.dim) % 4)) };
    expect(recallAtK(scaled, gallery, [1, 4])).toEqual(recallAtK(query, gallery, [1, 4]));
    expect(meanAveragePrecisionAtR(scaled, gallery)).toBeCloseTo(meanAveragePrecisionAtR(query, gallery), 12);
  });
});

describe('quirks of recall that are kept', () => {
  it('the identity is subtracted, so a query whose positives all lie opposite counts itself at similarity 0', () => {
    // The only other row of class 0 points the other way; two of three negatives are nearer than 0.
    const embeddings = Float32Array.from([1, 0, -1, 0, 1, 1, 1, -1, -1, 0.5]);
    const set = { embeddings, labels: Int32Array.from([0, 0, 1, 1, 1]), dim: 2 };
    expect(retrieve(set, null).strictlyHigher[0]).toBe(2);
  });

  it('a class with a single row is its own positive, and has no part in MAP@R', () => {
    const embeddings = Float32Array.from([1, 0, 0, 1, 0, 2, -1, 0.1]);
    const set = { embeddings, labels: Int32Array.from([7, 1, 1, 2]), dim: 2 };
    const { strictlyHigher, relevant, averagePrecisionAtR } = retrieve(set, null);
    expect(strictlyHigher[0]).toBe(0);
    expect([...relevant]).toEqual([0, 1, 1, 0]);
    expect([...averagePrecisionAtR]).toEqual([Number.NaN, 1, 1, Number.NaN]);
  });

  it('ties favour the query: only strictly higher rows count', () => {
    const embeddings = Float32Array.from([1, 0, 0, 1, 0, 1, 0, 1]);
    const set = { embeddings, labels: Int32Array.from([0, 0, 1, 1]), dim: 2 };
    expect(retrieve(set, null).strictlyHigher[0]).toBe(0);
  });

  it('duplicates of a query are its best positives', () => {
    const embeddings = Float32Array.from([3, 1, 3, 1, 1, 3, 1, 3]);
    const set = { embeddings, labels: Int32Array.from([0, 0, 1, 1]), dim: 2 };
    expect([...retrieve(set, null).strictlyHigher]).toEqual([0, 0, 0, 0]);
    expect(recallAtK(set, null, [1])).toEqual({ 1: 1 });
  });
});
