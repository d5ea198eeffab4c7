import { describe, expect, it } from 'vitest';
import {
  deviation,
  type GoldenNumber,
  goldenNumber,
  readGolden,
  type TensorEntry,
} from '../../../test/golden-reader.ts';
import { EvaluationError, kMeans, nmi, pairwiseF1, recallAtK, retrieve } from '../src/index.ts';

type RecallCase = {
  readonly name: string;
  readonly dataset: string;
  readonly ks: readonly number[];
  readonly embeddings: TensorEntry;
  readonly labels: TensorEntry;
  readonly gallery_embeddings?: TensorEntry;
  readonly gallery_labels?: TensorEntry;
  readonly recall: readonly number[];
  readonly rank_counts: TensorEntry;
  readonly near_ties: number;
};
type Range = { readonly min: number; readonly max: number };
type ClusteringCase = {
  readonly name: string;
  readonly embeddings: TensorEntry;
  readonly labels: TensorEntry;
  readonly n_clusters: number;
  readonly assignment: TensorEntry;
  readonly nmi: number;
  readonly f1: number;
  readonly summary: Readonly<Record<'n_init=10', Readonly<Record<'inertia' | 'nmi' | 'f1', Range>>>>;
};
type AssignmentCase = {
  readonly name: string;
  readonly assignment: TensorEntry;
  readonly labels: TensorEntry;
  readonly nmi?: GoldenNumber;
  readonly f1?: GoldenNumber;
  readonly error?: string;
};
type Manifest = {
  readonly recall: readonly RecallCase[];
  readonly clustering: readonly ClusteringCase[];
  readonly assignments: readonly AssignmentCase[];
  readonly errors: readonly { readonly name: string; readonly outcome: string }[];
};

const golden = readGolden<Manifest>('evaluation');

function setOf(embeddings: TensorEntry, labels: TensorEntry) {
  return {
    embeddings: golden.float32(embeddings),
    labels: golden.int32(labels),
    dim: embeddings.shape[1] as number,
  };
}

/** Whether every inner product of the stored rows is exact in float32: then ties are ties, and nothing is near one. */
function isExact({ embeddings }: { readonly embeddings: Float32Array }): boolean {
  return embeddings.every((value) => Number.isInteger(value * 64));
}

describe('recall and the ranks behind it', () => {
  it.each(golden.manifest.recall)('$name, K of $dataset', (one) => {
    const query = setOf(one.embeddings, one.labels);
    const { gallery_embeddings: rows, gallery_labels: labels } = one;
    const gallery = rows !== undefined && labels !== undefined ? setOf(rows, labels) : null;
    const counts = retrieve(query, gallery).strictlyHigher;
    const expected = golden.int32(one.rank_counts);
    const recall = recallAtK(query, gallery, one.ks);
    const wrong = [...counts.keys()].filter((row) => counts[row] !== expected[row]);
    const exact = one.near_ties === 0 || isExact(query);
    expect(wrong.length).toBeLessThanOrEqual(exact ? 0 : one.near_ties);
    one.ks.forEach((k, i) => {
      const off = Math.abs((recall[String(k)] as number) - (one.recall[i] as number));
      expect(off, `K = ${k}`).toBeLessThanOrEqual(exact ? 1e-12 : one.near_ties / expected.length);
    });
  });

  it.each(golden.manifest.errors)('$name is refused', () => {
    for (const one of golden.manifest.recall) {
      if (one.gallery_embeddings === undefined || one.gallery_labels === undefined) continue;
      const query = setOf(one.embeddings, one.labels);
      query.labels[0] = 1 + Math.max(...golden.int32(one.gallery_labels));
      const attempt = () =>
        recallAtK(query, setOf(one.gallery_embeddings as TensorEntry, one.gallery_labels as TensorEntry), [1]);
      expect(attempt).toThrow(EvaluationError);
      expect(attempt).toThrow(expect.objectContaining({ code: 'query_class_missing' }));
    }
  });
});

describe('scores of a given assignment', () => {
  it.each(golden.manifest.assignments)('$name', (one) => {
    const assignment = golden.int32(one.assignment);
    const labels = golden.int32(one.labels);
    if (one.error !== undefined) {
      expect(() => pairwiseF1(assignment, labels)).toThrow(EvaluationError);
      return;
    }
    expect(deviation(nmi(assignment, labels), goldenNumber(one.nmi ?? 'NaN'), { absolute: 1e-10 })).toBeNull();
    expect(deviation(pairwiseF1(assignment, labels), goldenNumber(one.f1 ?? 'NaN'), { absolute: 1e-10 })).toBeNull();
  });

  it.each(golden.manifest.clustering)("of scikit-learn's own assignment: $name", (one) => {
    const assignment = golden.int32(one.assignment);
    const labels = golden.int32(one.labels);
    expect(nmi(assignment, labels)).toBeCloseTo(one.nmi, 10);
    expect(pairwiseF1(assignment, labels)).toBeCloseTo(one.f1, 10);
  });
});

describe('k-means with ten restarts', () => {
  const seeds = [0, 1, 12345];
  it.each(golden.manifest.clustering.flatMap((one) => seeds.map((seed) => ({ ...one, seed }))))(
    'is as good as scikit-learn: $name, seed $seed',
    (one) => {
      const set = setOf(one.embeddings, one.labels);
      const { assignment, inertia } = kMeans(set, { clusters: one.n_clusters, seed: one.seed });
      const range = one.summary['n_init=10'];
      expect(inertia).toBeLessThanOrEqual(1.005 * range.inertia.max);
      const scores = {
        nmi: [nmi(assignment, set.labels), 0.03],
        f1: [pairwiseF1(assignment, set.labels), 0.06],
      } as const;
      for (const name of ['nmi', 'f1'] as const) {
        const [score, slack] = scores[name];
        expect(score, name).toBeGreaterThanOrEqual(range[name].min - slack);
        expect(score, name).toBeLessThanOrEqual(range[name].max + slack);
      }
    },
  );
});
