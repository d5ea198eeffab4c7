import { describe, expect, it } from 'vitest';
import { readGolden, type TensorEntry } from '../../../test/golden-reader.ts';
import { ami, EvaluationError, nmi } from '../src/index.ts';
import { testRandom } from './random-embeddings.ts';

type Assignment = { readonly name: string; readonly assignment: TensorEntry; readonly labels: TensorEntry };
type Evaluation = { readonly assignments: readonly Assignment[]; readonly clustering: readonly Assignment[] };
type Scores = Readonly<Record<string, number>>;
type Manifest = {
  readonly evaluation_assignments: Scores;
  readonly evaluation_clustering: Scores;
  readonly small: readonly {
    readonly name: string;
    readonly assignment: readonly number[];
    readonly labels: readonly number[];
    readonly ami: number;
  }[];
  readonly size_of_sop: number;
};

/** Made by scripts/golden/ami.py with scikit-learn. */
const { manifest } = readGolden<Manifest>('ami');
const evaluation = readGolden<Evaluation>('evaluation');

describe("AMI equals scikit-learn's adjusted_mutual_info_score", () => {
  it.each(['assignments', 'clustering'] as const)('of the golden %s', (kind) => {
    const expected = manifest[`evaluation_${kind}`];
    expect(evaluation.manifest[kind].length).toBe(Object.keys(expected).length);
    for (const { name, assignment, labels } of evaluation.manifest[kind]) {
      const score = ami(evaluation.int32(assignment), evaluation.int32(labels));
      expect([name, score]).toEqual([name, expect.closeTo(expected[name] as number, 10)]);
    }
  });

  it.each(manifest.small)('of $name', (one) => {
    expect(ami(Int32Array.from(one.assignment), Int32Array.from(one.labels))).toBeCloseTo(one.ami, 12);
  });

  it("at the size of SOP's test set, 11,316 clusters and classes, in seconds", () => {
    const labels = Int32Array.from({ length: 60_502 }, (_, row) => Math.floor((row * 11_316) / 60_502));
    const assignment = labels.map((label, row) => {
      const square = row * row;
      return (label * 7 + (square % 97 < 60 ? 0 : square % 11_316)) % 11_316;
    });
    const started = performance.now();
    // scikit-learn's own sum is 1.1e-9 from one in 80-bit numbers, 0.428764466684; the logarithms of factorials are large.
    expect(ami(assignment, labels)).toBeCloseTo(manifest.size_of_sop, 8);
    expect(ami(assignment, labels)).toBeCloseTo(0.428764466684, 9.5);
    // A tenth of a second where nothing else runs.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

it('AMI of other lengths and of no rows is refused', () => {
  expect(() => ami(new Int32Array(2), new Int32Array(3))).toThrow(EvaluationError);
  expect(() => ami(new Int32Array(0), new Int32Array(0))).toThrow('there are no rows to compare');
});

it('AMI is about 0 for chance where NMI is far from it, and does not ask which is which', () => {
  const random = testRandom(1);
  const draw = () => Int32Array.from({ length: 300 }, () => Math.floor(100 * random()));
  const [assignment, labels] = [draw(), draw()];
  expect(Math.abs(ami(assignment, labels))).toBeLessThan(0.05);
  expect(nmi(assignment, labels)).toBeGreaterThan(0.6);
  expect(ami(labels, assignment)).toBeCloseTo(ami(assignment, labels), 12);
});
