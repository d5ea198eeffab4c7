import { tf } from '@spherelab/tensorflow';
import { describe, expect, it } from 'vitest';
import { deviation, maxAbsDifference } from '../../../test/golden-reader.ts';
import { frozenBatchNorm, torchBatchNorm, trainingBatchNorm } from '../src/batch-norm.ts';
import { bnInception } from '../src/bn-inception.ts';
import { convolution } from '../src/convolution.ts';
import { createNetwork } from '../src/create-network.ts';
import { embeddingHead, pooledFeatures } from '../src/embedding-head.ts';
import type { StateMap, Tensor, Tensor2D, Tensor4D } from '../src/network.ts';
import { averagePool, maxPool } from '../src/pooling.ts';
import { runStages } from '../src/stage.ts';
import {
  activationAsTorch,
  type GoldenCase,
  type GoldenGradient,
  goldenInception,
  goldenInput,
  goldenState,
  lossWeights,
  projections,
  ruleValues,
  torchShapeOf,
  weightAsTorch,
} from './golden-network.ts';

const { manifest } = goldenInception;

type Listing = {
  readonly parameter_count: number;
  readonly entries: readonly { key: string; shape: readonly number[]; kind: string }[];
};

const networkOf = (needBn: boolean, freezeBn = true) =>
  createNetwork({ backbone: 'bn_inception', imageSize: 227, embeddingDim: 512, needBn, freezeBn });

describe('the parameters of bn_inception', () => {
  it.each([
    [true, 'state-dict-bn.json'],
    [false, 'state-dict-nobn.json'],
  ])('with need_bn=%s have the names, shapes and number of the reference (%s)', (needBn, file) => {
    const { entries, parameter_count: count } = goldenInception.json<Listing>(file);
    const { specs } = networkOf(needBn);
    // A counter that torch keeps beside the running statistics; the momentum is fixed, so nothing reads it.
    const expected = entries.filter(({ key }) => !key.endsWith('num_batches_tracked'));
    expect(specs.map(({ name, shape }) => ({ key: name, shape: torchShapeOf(shape) }))).toEqual(
      expected.map(({ key, shape }) => ({ key, shape })),
    );
    expect(specs.filter(({ role }) => role === 'parameter').map(({ name }) => name)).toEqual(
      expected.filter(({ kind }) => kind === 'parameter').map(({ key }) => key),
    );
    const size = (shape: readonly number[]) => shape.reduce((product, one) => product * one, 1);
    const parameters = specs.filter(({ role }) => role === 'parameter');
    expect(parameters.reduce((sum, { shape }) => sum + size(shape), 0)).toBe(count);
  });

  it('follow the rule that the golden weights are made by', () => {
    const listing = goldenInception.json<Listing>('state-dict-bn.json').entries;
    const shapes = new Map(listing.map(({ key, shape }) => [key, shape]));
    const checked = Object.entries(manifest.generator_checksums).filter(([name]) => shapes.has(name));
    expect(checked.length).toBeGreaterThan(0);
    for (const [name, expected] of checked) {
      if (manifest.running_stats[name] !== undefined) continue;
      const values = ruleValues(name, shapes.get(name) as number[]);
      expect(Array.from(values.subarray(0, 4))).toEqual(expected.first4);
      expect(values.at(-1)).toBe(expected.last);
      const sum = values.reduce((total, value) => total + Math.abs(value), 0);
      expect(Math.abs(sum - expected.abs_sum)).toBeLessThan(1e-9 * expected.abs_sum);
    }
  });
});

/** Allowed deviations: golden/README.md, "bninception". */
function gradientTolerance(name: string, { kink_margin: margin, mode }: GoldenCase) {
  if (margin !== null) {
    const factor = mode === 'eval' ? 1e-4 : 2e-3;
    return { probe: factor, projection: factor, l2norm: 1e-3 };
  }
  const isLast = name.startsWith('head.') || /^inception_5b_.*_bn\./.test(name);
  if (!isLast) return { probe: 0.2, projection: 0.1, l2norm: 3e-2 };
  const last = mode === 'train-unfrozen' && !name.startsWith('head.') ? 5e-2 : 5e-3;
  return { probe: last, projection: last, l2norm: last };
}

function gradientDeviations(
  name: string,
  values: ArrayLike<number>,
  golden: GoldenGradient,
  one: GoldenCase,
): string[] {
  const allowed = gradientTolerance(name, one);
  const wrong: (string | null)[] = golden.probe_index.map((index, i) =>
    deviation(values[index] as number, golden.probe64[i] as number, { absolute: allowed.probe * golden.max_abs }),
  );
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) squares += (values[i] as number) ** 2;
  wrong.push(deviation(Math.sqrt(squares), golden.l2norm64, { relative: allowed.l2norm }));
  projections(name, values).forEach((value, j) => {
    const absolute = allowed.projection * golden.l2norm64;
    wrong.push(deviation(value, golden.projection64[j] as number, { absolute }));
  });
  return wrong.filter((reason) => reason !== null).map((reason) => `gradient of ${name}: ${reason}`);
}

type Seen = Map<string, Tensor>;

/** Everything a case compares, by one pass through the network's own parts. */
function forward(state: StateMap, input: Tensor4D, { mode, need_bn: needBn }: GoldenCase) {
  const seen: Seen = new Map();
  const changed = new Map<string, Tensor>();
  const pass = {
    state,
    onBatch: mode === 'train-unfrozen',
    changed,
    observe: (name: string, activation: Tensor) => void seen.set(name, tf.keep(tf.clone(activation))),
  };
  const features = runStages(bnInception(input.shape[1]).stages, pass, input);
  const { embeddings, runningStatistics } = embeddingHead(state, pooledFeatures(features), mode !== 'eval', needBn);
  return { embeddings, seen, changed: new Map([...changed, ...runningStatistics]) };
}

/** Activations that the network does not have as such: before a folded batch norm, or of a pool that was moved. */
function addInnerActivations(
  seen: Seen,
  state: StateMap,
  input: Tensor4D,
  { mode, need_bn: needBn }: GoldenCase,
): void {
  const at = (name: string) => seen.get(name) as Tensor4D;
  const raw = (name: string, from: Tensor4D, stride: 1 | 2, padding: number) =>
    convolution(from, state.get(`${name}.weight`) as Tensor, state.get(`${name}.bias`) as Tensor, {
      stride,
      padding,
      activation: 'none',
    });
  seen.set('conv1_7x7_s2', raw('conv1_7x7_s2', input, 2, 3));
  seen.set('conv2_3x3', raw('conv2_3x3', at('conv2_3x3_reduce'), 1, 1));
  seen.set('inception_3a_pool', averagePool(at('pool2_3x3_s2')));
  seen.set('inception_3c_pool', maxPool(at('inception_3b_output'), 2));
  seen.set('inception_5b_pool', maxPool(at('inception_5a_output'), 1));
  const pooled = tf.mean(at('inception_5b_output'), [1, 2], true);
  seen.set('head.avgpool', pooled);
  if (!needBn) return;
  const { scale, shift } = frozenBatchNorm(state, 'head.bn', torchBatchNorm);
  const normalised =
    mode === 'eval'
      ? tf.add(tf.mul(pooled, scale), shift)
      : trainingBatchNorm(state, 'head.bn', pooled, torchBatchNorm).output;
  seen.set('head.bn', normalised);
}

describe('bn_inception', () => {
  it.each(manifest.cases)('$name: embeddings, activations and running statistics are those of the reference', (one) => {
    const state = goldenState(networkOf(one.need_bn));
    const wrong = tf.tidy(() => {
      const input = goldenInput(one);
      const { embeddings, seen, changed } = forward(state, input, one);
      addInnerActivations(seen, state, input, one);
      const expected = goldenInception.float32(one.embedding);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const off = maxAbsDifference(embeddings.dataSync(), expected);
      const found = off <= 2e-4 * largest ? [] : [`embedding is off by ${off} of ${largest}`];
      for (const [name, golden] of Object.entries(one.activations)) {
        const activation = seen.get(name);
        if (activation === undefined) throw new Error(`no activation ${name}`);
        const torch = activationAsTorch(activation);
        expect([name, ...torch.shape]).toEqual([name, ...golden.shape]);
        const values = torch.dataSync();
        golden.probe_index.forEach((index, i) => {
          const absolute = 3e-4 * golden.max_abs;
          const reason = deviation(values[index] as number, golden.probe[i] as number, { absolute });
          if (reason !== null) found.push(`${name}[${index}]: ${reason}`);
        });
      }
      for (const [name, golden] of Object.entries(one.buffers_after)) {
        if (typeof golden === 'number') continue;
        const values = (changed.get(name) as Tensor).dataSync();
        golden.probe_index.forEach((index, i) => {
          const absolute = 3e-4 * golden.max_abs;
          const reason = deviation(values[index] as number, golden.probe[i] as number, { absolute });
          if (reason !== null) found.push(`${name}[${index}]: ${reason}`);
        });
      }
      tf.dispose([...seen.values()]);
      return found;
    });
    tf.dispose([...state.values()]);
    expect(wrong).toEqual([]);
  });

  it.each(manifest.cases)('$name: gradients of parameters and input are those of the reference', (one) => {
    const state = goldenState(networkOf(one.need_bn));
    const names = Object.keys(one.gradients).filter((name) => name !== 'input');
    const wrong = tf.tidy(() => {
      const weights = lossWeights(one.input_shape[0]);
      const loss = (input: Tensor, ...parameters: Tensor[]) => {
        const own = names.map((name, i) => [name, parameters[i] as Tensor] as const);
        const { embeddings, seen } = forward(new Map([...state, ...own]), input as Tensor4D, one);
        tf.dispose([...seen.values()]);
        return tf.sum(tf.mul(embeddings as Tensor2D, weights));
      };
      const values = names.map((name) => state.get(name) as Tensor);
      const [ofInput, ...ofParameters] = tf.grads(loss as (...args: Tensor[]) => Tensor)([goldenInput(one), ...values]);
      return Object.entries(one.gradients).flatMap(([name, golden]) => {
        const gradient =
          name === 'input'
            ? activationAsTorch(ofInput as Tensor)
            : weightAsTorch(ofParameters[names.indexOf(name)] as Tensor);
        expect([name, ...gradient.shape]).toEqual([name, ...golden.shape]);
        return gradientDeviations(name, gradient.dataSync(), golden, one);
      });
    });
    tf.dispose([...state.values()]);
    expect(wrong).toEqual([]);
  });

  it('leaves no tensor behind', () => {
    expect(tf.memory().numTensors).toBe(0);
  });

  it('refuses a side whose branches cannot be concatenated', () => {
    const side = (imageSize: number) =>
      createNetwork({ backbone: 'bn_inception', imageSize, embeddingDim: 8, needBn: true, freezeBn: true });
    expect(() => side(240)).toThrow('image_size 240');
    for (const fits of [32, 64, 224, 227]) expect(side(fits).inputShape[0]).toBe(fits);
  });
});
