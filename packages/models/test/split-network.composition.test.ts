import { tf } from '@spherelab/tensorflow';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stageNames } from '../src/backbones.ts';
import { createNetwork, type NetworkOptions } from '../src/create-network.ts';
import { initialState } from '../src/initial-state.ts';
import type { Network, StateMap, Tensor, TensorSpec } from '../src/network.ts';
import { type FrozenStages, splitNetwork } from '../src/split-network.ts';

let tensorsBefore = 0;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

const SIDE = 32;
const base = { imageSize: SIDE, embeddingDim: 64, needBn: true, freezeBn: false } as const;

function optionsOf(backbone: string, freezeStages?: number): NetworkOptions {
  return { backbone, ...base, ...(freezeStages === undefined ? {} : { freezeStages }) };
}

function stateOf(network: Network): StateMap {
  const values = initialState(network, 1);
  return new Map(network.specs.map(({ name, shape }) => [name, tf.tensor(values.get(name) ?? [], [...shape])]));
}

function pixelsOf(batch: number): Tensor {
  return tf.cast(tf.floor(tf.randomUniform([batch, SIDE, SIDE, 3], 0, 256, 'float32', 7)), 'int32');
}

function sizeOf(specs: readonly TensorSpec[]): number {
  return specs.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

/** The last two are torchvision's 25,557,032 and the package's 4,652,008 without their classifiers. */
const table = [
  { backbone: 'conv_small', stages: 4, parameters: 79_744, head: 6_400, statistics: 192 },
  { backbone: 'bn_inception', stages: 11, parameters: 10_270_240, head: 67_648, statistics: 22_080 },
  { backbone: 'resnet50', stages: 5, parameters: 25_557_032 - 2_049_000, head: 135_232, statistics: 57_216 },
  { backbone: 'efficientnet_lite0', stages: 9, parameters: 4_652_008 - 1_281_000, head: 84_544, statistics: 44_576 },
] as const;

test.each(table)('$backbone has $parameters parameters', ({ backbone, stages, parameters, head, statistics }) => {
  const { specs } = createNetwork(optionsOf(backbone));
  expect(stageNames(backbone)).toHaveLength(stages);
  const own = specs.filter(({ role }) => role === 'parameter');
  const isOfBackbone = ({ group }: TensorSpec): boolean => group.startsWith('backbone');
  expect(sizeOf(own.filter(isOfBackbone))).toBe(parameters);
  expect(sizeOf(own.filter((spec) => !isOfBackbone(spec)))).toBe(head);
  expect(sizeOf(specs.filter(({ role }) => role === 'running-statistic'))).toBe(statistics);
  expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length);
});

/** Embeddings and running statistics as numbers. */
function numbersOf({ embeddings, runningStatistics }: ReturnType<Network['forward']>) {
  return [['embeddings', embeddings.dataSync()], ...[...runningStatistics].map(([key, one]) => [key, one.dataSync()])];
}

const cells = table.flatMap(({ backbone, stages }) =>
  [1, 2, stages].map((freezeStages) => ({ backbone, freezeStages })),
);

describe.each(cells)('$backbone with $freezeStages frozen stages', ({ backbone, freezeStages }) => {
  const options = optionsOf(backbone, freezeStages);
  const whole = createNetwork(options);
  const { frozen, trained } = splitNetwork(options) as { frozen: FrozenStages; trained: Network };

  test('is the same bits in one and in two', () => {
    tf.tidy(() => {
      const state = stateOf(whole);
      const pixels = pixelsOf(3);
      const features = frozen.forward(state, pixels);
      expect(features.shape).toEqual([3, ...frozen.outputShape]);
      for (const training of [false, true]) {
        expect(numbersOf(trained.forward(state, features, training))).toEqual(
          numbersOf(whole.forward(state, pixels, training)),
        );
      }
    });
  });

  test('has the tensors of the whole network in the same order, those of the first stages as frozen', () => {
    const unfrozen = createNetwork(optionsOf(backbone)).specs;
    expect(trained.specs).toEqual(whole.specs);
    expect(trained.inputShape).toEqual(frozen.outputShape);
    expect(frozen.specs).toEqual(whole.specs.slice(0, frozen.specs.length));
    expect(whole.specs.filter(({ group }) => group === 'frozen')).toEqual(frozen.specs);
    expect(whole.specs.map(({ group: _, ...rest }) => rest)).toEqual(unfrozen.map(({ group: _, ...rest }) => rest));
  });

  test('moves no running statistic of a frozen stage', () => {
    tf.tidy(() => {
      const moved = whole.forward(stateOf(whole), pixelsOf(3), true).runningStatistics;
      const expected = whole.specs.filter(({ role, group }) => role === 'running-statistic' && group !== 'frozen');
      expect(new Set(moved.keys())).toEqual(new Set(expected.map(({ name }) => name)));
    });
  });
});

test('a network of which every stage is frozen trains its head on pooled features', () => {
  const { trained } = splitNetwork(optionsOf('efficientnet_lite0', 9));
  expect(trained.inputShape).toEqual([1280]);
});

test('nothing is split where nothing is frozen', () => {
  const { frozen, trained } = splitNetwork(optionsOf('conv_small', 0));
  expect(frozen).toBeNull();
  expect(trained.specs).toEqual(createNetwork(optionsOf('conv_small')).specs);
  expect(trained.inputShape).toEqual([SIDE, SIDE, 3]);
});

test.each([5, -1, 1.5])('%d frozen stages of four are refused', (freezeStages) => {
  const options = optionsOf('conv_small', freezeStages);
  expect(() => createNetwork(options)).toThrow(RangeError);
  expect(() => splitNetwork(options)).toThrow(`conv_small has 4 stages: freeze_stages cannot be ${freezeStages}`);
});

test('proxies come last, start from N(0, 2 / count), and change no embedding', () => {
  const plain = createNetwork(optionsOf('conv_small'));
  const network = createNetwork({ ...optionsOf('conv_small'), proxies: 500 });
  const last = network.specs.at(-1);
  expect(network.specs.slice(0, -1)).toEqual(plain.specs);
  expect([last?.name, last?.shape, last?.group]).toEqual(['loss.proxies', [500, 64], 'proxies']);
  const values = initialState(network, 3).get('loss.proxies') as Float32Array;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const kurtosis = values.reduce((sum, value) => sum + (value - mean) ** 4, 0) / values.length / variance ** 2;
  expect(Math.abs(mean)).toBeLessThan(2e-3);
  expect(variance).toBeCloseTo(2 / 500, 4);
  expect(Math.abs(kurtosis - 3)).toBeLessThan(0.15);
  tf.tidy(() => {
    const [pixels, state] = [pixelsOf(2), stateOf(network)];
    const embeddings = network.forward(state, pixels, false).embeddings.dataSync();
    expect(embeddings).toEqual(plain.forward(state, pixels, false).embeddings.dataSync());
  });
  expect(() => createNetwork({ ...optionsOf('conv_small'), proxies: 0 })).toThrow('from 1 on, not 0');
});
