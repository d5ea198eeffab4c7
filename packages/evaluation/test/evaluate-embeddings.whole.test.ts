import { tf } from '@spherelab/tensorflow';
import { describe, expect, it } from 'vitest';
import { colourHistogram, type EmbeddingSet, evaluateEmbeddings, normCv } from '../src/index.ts';
import { naiveAtR, naiveRecall } from './naive-evaluation.ts';
import { balancedLabels, randomEmbeddings } from './random-embeddings.ts';

const set = randomEmbeddings(balancedLabels(6, 8), 5, 0.2, 1);
const options = { ks: [1, 2], cluster: true, seed: 0 };

describe('an evaluation', () => {
  it('measures everything without a gallery', () => {
    const before = tf.memory().numTensors;
    const result = evaluateEmbeddings(set, null, options);
    expect(Object.keys(result).sort()).toEqual(['ami', 'f1', 'map_at_r', 'nmi', 'norm_cv', 'r_precision', 'recall']);
    expect(result.recall[1]).toBeCloseTo(naiveRecall(set, null, 1), 12);
    expect(result.map_at_r).toBeCloseTo(naiveAtR(set, null).map, 12);
    expect(result.nmi).toBeGreaterThan(0.8);
    expect(result.ami).toBeGreaterThan(0.8);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves out what is not measured', () => {
    expect(evaluateEmbeddings(set, null, { ...options, cluster: false })).not.toHaveProperty('nmi');
    const gallery = randomEmbeddings(balancedLabels(6, 4), 5, 0.6, 1);
    const result = evaluateEmbeddings(set, gallery, options);
    expect(Object.keys(result).sort()).toEqual(['map_at_r', 'norm_cv', 'r_precision', 'recall']);
    const singletons = randomEmbeddings([0, 1, 2, 3], 5, 1, 2);
    const alone = evaluateEmbeddings(singletons, null, { ...options, cluster: false });
    expect(Object.keys(alone).sort()).toEqual(['norm_cv', 'recall']);
  });

  it('norm_cv is 0 for equal norms and covers query and gallery together', () => {
    const equal = Float32Array.from([3, 4, -5, 0, 0, 5, 4, 3]);
    const rows = { embeddings: equal, labels: Int32Array.from([0, 0, 1, 1]), dim: 2 };
    const measure = (gallery: EmbeddingSet | null) =>
      evaluateEmbeddings(rows, gallery, { ...options, cluster: false }).norm_cv;
    expect(measure(null)).toBe(0);
    const larger = { ...rows, embeddings: equal.map((value) => 3 * value) };
    expect(measure(larger)).toBeCloseTo(0.5, 12);
    expect(normCv(Float64Array.of(1, 3))).toBeCloseTo(0.5, 12);
  });
});

function changed(change: (rows: { embeddings: Float32Array; labels: Int32Array; dim: number }) => void): EmbeddingSet {
  const copy = { embeddings: set.embeddings.slice(), labels: set.labels.slice(), dim: set.dim };
  change(copy);
  return copy;
}

describe('bad input is refused with a code, never answered with 0', () => {
  const cases: [string, EmbeddingSet, EmbeddingSet | null, string, string][] = [
    ['no rows', { embeddings: new Float32Array(0), labels: new Int32Array(0), dim: 5 }, null, 'empty', 'no rows'],
    ['lengths that do not match', { ...set, dim: 4 }, null, 'shape_mismatch', '240 values do not make 48 labels x 4'],
    ['dim 0', { ...set, dim: 0 }, null, 'shape_mismatch', 'dim is 0'],
    [
      'NaN',
      changed(({ embeddings }) => embeddings.fill(Number.NaN, 7, 8)),
      null,
      'non_finite_embedding',
      'row 1 is not finite',
    ],
    [
      'infinity',
      changed(({ embeddings }) => embeddings.fill(Infinity, 0, 1)),
      null,
      'non_finite_embedding',
      'row 0 is not finite',
    ],
    [
      'a zero row',
      changed(({ embeddings }) => embeddings.fill(0, 10, 15)),
      null,
      'zero_norm_embedding',
      'row 2 is zero',
    ],
    ['one class only', changed(({ labels }) => labels.fill(3)), null, 'one_class_only', 'two or more classes'],
    [
      'a query class that the gallery lacks',
      set,
      changed(({ labels }) =>
        labels.forEach((label, i) => {
          if (label === 4) labels[i] = 1;
        }),
      ),
      'query_class_missing',
      'query class 4 has no row',
    ],
    [
      'a gallery of another dimension',
      set,
      randomEmbeddings(balancedLabels(6, 2), 4, 1, 1),
      'shape_mismatch',
      'query has 5 dimensions, gallery 4',
    ],
  ];
  it.each(cases)('%s', (_, query, gallery, code, message) => {
    const attempt = () => evaluateEmbeddings(query, gallery, options);
    expect(attempt).toThrow(expect.objectContaining({ name: 'EvaluationError', code, retryable: false }));
    expect(attempt).toThrow(message);
  });

  it.each([0, -1, 1.5, Number.NaN])('K = %d', (k) => {
    expect(() => evaluateEmbeddings(set, null, { ...options, ks: [1, k] })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });

  it('clustering where every class has one row', () => {
    expect(() => evaluateEmbeddings(randomEmbeddings([0, 1, 2], 4, 1, 1), null, options)).toThrow(
      expect.objectContaining({ code: 'no_positive_pairs' }),
    );
  });
});

describe('the colour histogram', () => {
  it('counts pixels in 4 x 4 x 4 cells, red slowest, as square roots of shares', () => {
    const pixels = Uint8Array.from([0, 0, 0, 255, 255, 255, 0, 0, 64, 0, 63, 127]);
    const histogram = colourHistogram(pixels, 2);
    expect(histogram).toHaveLength(128);
    expect([histogram[0], histogram[63]]).toEqual([Math.fround(Math.SQRT1_2), Math.fround(Math.SQRT1_2)]);
    expect(histogram[64 + 1]).toBe(1);
    expect(colourHistogram(Uint8Array.from([128, 64, 192]), 1)[(2 * 4 + 1) * 4 + 3]).toBe(1);
  });

  it.each([
    [7, 1],
    [6, 0],
    [9, 2],
    [0, 1],
  ])('refuses %i bytes as %i pictures', (bytes, count) => {
    expect(() => colourHistogram(new Uint8Array(bytes), count)).toThrow(
      expect.objectContaining({ name: 'EvaluationError' }),
    );
  });
});
