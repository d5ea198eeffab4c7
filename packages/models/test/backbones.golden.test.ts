import { tf } from '@spherelab/tensorflow';
import { describe, expect, it } from 'vitest';
import { readGolden, type TensorEntry } from '../../../test/golden-reader.ts';
import { counterUniform } from '../src/counter-uniform.ts';
import { createNetwork } from '../src/create-network.ts';
import type { Network, StateMap, Tensor } from '../src/network.ts';
import { torchShape } from '../src/state-dict-layout.ts';

type GoldenCase = {
  readonly mode: 'eval' | 'train' | 'train-unfrozen';
  readonly embedding64: TensorEntry;
  readonly gradients64: TensorEntry;
  readonly statistics64: TensorEntry;
};

type GoldenBackbone = {
  readonly name: string;
  readonly side: number;
  readonly batch: number;
  readonly embedding_dim: number;
  readonly input_seed: number;
  /** Key and shape of each tensor, in torch's order and layout. */
  readonly entries: readonly (readonly [key: string, shape: readonly number[]])[];
  readonly scales: Readonly<Record<string, number>>;
  readonly cases: readonly GoldenCase[];
};

type Manifest = { readonly seed: number; readonly projections: number; readonly backbones: readonly GoldenBackbone[] };

const golden = readGolden<Manifest>('backbones');
const { seed, projections, backbones } = golden.manifest;

/** Values of a tensor by the rule of golden/backbones, in torch's layout. */
function ruleValues(name: string, shape: readonly number[], scales: GoldenBackbone['scales']): Float32Array {
  const uniform = counterUniform(seed, name);
  const dot = name.lastIndexOf('.');
  const [module, part] = [name.slice(0, dot), name.slice(dot + 1)];
  const scale = scales[module];
  const fill = (value: (r: number) => number) =>
    Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => value(uniform(i)));
  if (part === 'running_mean') return fill((r) => (2 * r - 1) * 0.2 * Math.sqrt(scale as number));
  if (part === 'running_var') return fill((r) => (0.8 + 0.4 * r) * (scale as number));
  if (part === 'bias') return fill((r) => (2 * r - 1) * 0.1);
  if (scale !== undefined) return fill((r) => 0.8 + 0.4 * r);
  const bound = Math.sqrt(6 / shape.slice(1).reduce((product, size) => product * size, 1));
  return fill((r) => (2 * r - 1) * bound);
}

function stateOf(network: Network, { scales }: GoldenBackbone): Map<string, Tensor> {
  return new Map(
    network.specs.map((spec) => {
      const shape = torchShape(spec);
      const values = ruleValues(spec.name, shape, scales);
      const isFilter = shape.length === 4;
      const make = () => tf.tensor(values, [...shape]);
      return [spec.name, tf.tidy(() => (isFilter ? tf.transpose(make(), [2, 3, 1, 0]) : make()))];
    }),
  );
}

/** RGB 0..255 by the rule of golden/backbones: [batch, side, side, 3] */
function pixelsOf({ batch, side, input_seed: inputSeed }: GoldenBackbone): Tensor {
  const [coarse, fine] = ['input-coarse', 'input'].map((name) => counterUniform(inputSeed, name)) as [
    (index: number) => number,
    (index: number) => number,
  ];
  const valueAt = (i: number): number => {
    const [c, w, h, b] = [
      i % 3,
      Math.floor(i / 3) % side,
      Math.floor(i / 3 / side) % side,
      Math.floor(i / 3 / side / side),
    ];
    const plane = b * 3 + c;
    const slow = 0.5 * coarse((plane * 16 + (h >> 4)) * 16 + (w >> 4));
    return Math.floor(256 * (slow + 0.5 * fine((plane * side + h) * side + w)));
  };
  return tf.tensor4d(
    Float32Array.from({ length: batch * side * side * 3 }, (_, i) => valueAt(i)),
    [batch, side, side, 3],
  );
}

/** The l2 norm, then the projections. */
function digestOf(name: string, values: ArrayLike<number>): number[] {
  const uniforms = Array.from({ length: projections }, (_, j) => counterUniform(seed, `projection-${j}:${name}`));
  const sums = uniforms.map(() => 0);
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    squares += value * value;
    for (const [j, uniform] of uniforms.entries()) sums[j] = (sums[j] as number) + value * (2 * uniform(i) - 1);
  }
  return [Math.sqrt(squares), ...sums];
}

/** A row of `table`. */
function rowOf(table: Float64Array, index: number): number[] {
  return [...table.subarray(index * (projections + 1), (index + 1) * (projections + 1))];
}

/** Names whose digest is off by more than the share of its norm, or of the largest norm where it is next to nothing. */
function wrongDigests(
  table: Float64Array,
  names: readonly string[],
  digests: ReadonlyMap<string, number[]>,
  share: number,
) {
  const largest = names.reduce((most, _, index) => Math.max(most, rowOf(table, index)[0] as number), 0);
  return names.flatMap((name, index) => {
    const expected = rowOf(table, index);
    const actual = digests.get(name) ?? [];
    const allowed = share * ((expected[0] as number) + 1e-3 * largest);
    const off = expected.map((value, i) => Math.abs(value - (actual[i] ?? Number.NaN)));
    return off.every((one) => one <= allowed) ? [] : [`${name}: ${actual} against ${expected}`];
  });
}

/** Shares of the norm: golden/README.md, "backbones". */
const tolerances = {
  eval: { embedding: 1e-5, gradient: 1e-4, statistic: 1e-6 },
  train: { embedding: 1e-4, gradient: 2e-3, statistic: 1e-5 },
  'train-unfrozen': { embedding: 2e-3, gradient: 5e-2, statistic: 1e-5 },
} as const;

describe.each(backbones)('$name', (one) => {
  const networkOf = (freezeBn: boolean) =>
    createNetwork({ backbone: one.name, imageSize: one.side, embeddingDim: one.embedding_dim, needBn: true, freezeBn });

  it('has the keys, shapes and order of the Python package', () => {
    const { specs } = networkOf(true);
    expect(specs.map((spec) => [spec.name, torchShape(spec)])).toEqual(one.entries);
  });

  it.each(one.cases)(
    '$mode: embeddings, gradients and running statistics are those of the Python package',
    (golden64) => {
      const { mode } = golden64;
      const network = networkOf(mode !== 'train-unfrozen');
      const state = stateOf(network, one);
      const [parameters, statistics] = ['parameter', 'running-statistic'].map((role) =>
        network.specs.filter((spec) => spec.role === role),
      ) as [typeof network.specs, typeof network.specs];
      const torchValues = (tensor: Tensor) =>
        (tensor.rank === 4 ? tf.transpose(tensor, [3, 2, 0, 1]) : tensor).dataSync();
      const found = tf.tidy(() => {
        const pixels = pixelsOf(one);
        const weights = counterUniform(seed, 'loss-weights');
        const size = one.batch * one.embedding_dim;
        const lossWeights = tf.tensor2d(
          Float32Array.from({ length: size }, (_, i) => 2 * weights(i) - 1),
          [one.batch, one.embedding_dim],
        );
        const forward = (own: StateMap) => network.forward(own, pixels, mode !== 'eval');
        const { embeddings, runningStatistics } = forward(state);
        const loss = (...values: Tensor[]) => {
          const own = parameters.map(({ name }, index) => [name, values[index] as Tensor] as const);
          return tf.sum(tf.mul(forward(new Map([...state, ...own])).embeddings, lossWeights));
        };
        const gradients = tf.grads(loss as (...args: Tensor[]) => Tensor)(
          parameters.map(({ name }) => state.get(name) as Tensor),
        );
        return {
          embeddings: embeddings.dataSync<'float32'>(),
          gradients: new Map(
            parameters.map(({ name }, index) => [name, digestOf(name, torchValues(gradients[index] as Tensor))]),
          ),
          statistics: new Map(
            statistics.map(({ name }) => {
              const tensor = runningStatistics.get(name) ?? (state.get(name) as Tensor);
              return [name, digestOf(name, tensor.dataSync())];
            }),
          ),
        };
      });
      tf.dispose([...state.values()]);
      const allowed = tolerances[mode];
      const expected = golden.float64(golden64.embedding64);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const off = found.embeddings.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))),
        0,
      );
      expect(off).toBeLessThan(allowed.embedding * largest);
      const names = (specs: typeof network.specs) => specs.map(({ name }) => name);
      const { gradients64, statistics64 } = golden64;
      expect(wrongDigests(golden.float64(gradients64), names(parameters), found.gradients, allowed.gradient)).toEqual(
        [],
      );
      expect(
        wrongDigests(golden.float64(statistics64), names(statistics), found.statistics, allowed.statistic),
      ).toEqual([]);
    },
  );

  it('leaves no tensor behind', () => {
    expect(tf.memory().numTensors).toBe(0);
  });
});
