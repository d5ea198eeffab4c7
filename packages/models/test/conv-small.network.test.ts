import { tf } from '@spherelab/tensorflow';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { convolution } from '../src/convolution.ts';
import { createNetwork } from '../src/create-network.ts';
import { initialState } from '../src/initial-state.ts';
import type { Network, StateMap, Tensor, Tensor4D } from '../src/network.ts';

let tensorsBefore = 0;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

function stateOf(network: Network, seed: number): StateMap {
  const values = initialState(network, seed);
  return new Map(network.specs.map(({ name, shape }) => [name, tf.tensor(values.get(name) ?? [], [...shape])]));
}

const network = createNetwork({
  backbone: 'conv_small',
  freezeBn: true,
  imageSize: 32,
  embeddingDim: 16,
  needBn: true,
});

function pixelsOf(batch: number): Tensor {
  return tf.cast(tf.floor(tf.randomUniform([batch, 32, 32, 3], 0, 256, 'float32', 7)), 'int32');
}

describe('conv_small', () => {
  test('has these tensors, in checkpoint-key order', () => {
    const { specs } = createNetwork({
      backbone: 'conv_small',
      freezeBn: true,
      imageSize: 64,
      embeddingDim: 128,
      needBn: true,
    });
    const count = (role: string): number =>
      specs
        .filter((spec) => spec.role === role)
        .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
    expect(specs.map(({ name, shape, group }) => `${name} [${shape}] ${group}`)).toEqual([
      'backbone.conv1.weight [5,5,3,16] backbone',
      'backbone.conv1.bias [16] backbone',
      'backbone.conv2.weight [3,3,16,32] backbone',
      'backbone.conv2.bias [32] backbone',
      'backbone.conv3.weight [3,3,32,64] backbone',
      'backbone.conv3.bias [64] backbone',
      'backbone.conv4.weight [3,3,64,96] backbone',
      'backbone.conv4.bias [96] backbone',
      'head.bn.weight [96] head-bn',
      'head.bn.bias [96] head-bn',
      'head.bn.running_mean [96] head-bn',
      'head.bn.running_var [96] head-bn',
      'head.fc.weight [128,96] head',
      'head.fc.bias [128] head',
    ]);
    expect([count('parameter'), count('running-statistic')]).toEqual([92_352, 192]);
    const plain = createNetwork({
      backbone: 'conv_small',
      freezeBn: true,
      imageSize: 64,
      embeddingDim: 128,
      needBn: false,
    });
    expect(plain.specs.filter(({ name }) => name.startsWith('head.bn'))).toEqual([]);
  });

  test('embeds any batch, each image on its own outside training', () => {
    tf.tidy(() => {
      const state = stateOf(network, 1);
      const pixels = pixelsOf(5);
      const whole = network.forward(state, pixels, false);
      const part = network.forward(state, tf.slice(pixels, [3, 0, 0, 0], [1, -1, -1, -1]), false);
      expect(whole.embeddings.shape).toEqual([5, 16]);
      expect(whole.runningStatistics.size).toBe(0);
      const difference = tf.max(tf.abs(tf.sub(tf.slice(whole.embeddings, [3, 0], [1, 16]), part.embeddings)));
      expect(difference.dataSync()[0]).toBeLessThan(1e-5);
    });
  });

  test('normalises the head with the batch and moves the running statistics as torch does', () => {
    tf.tidy(() => {
      const state = stateOf(network, 1);
      const moved = network.forward(state, pixelsOf(4), true).runningStatistics;
      expect([...moved.keys()]).toEqual(['head.bn.running_mean', 'head.bn.running_var']);
      const identity = createNetwork({
        backbone: 'conv_small',
        freezeBn: true,
        imageSize: 32,
        embeddingDim: 96,
        needBn: false,
      });
      const bare = new Map([...state, ['head.fc.weight', tf.eye(96)], ['head.fc.bias', tf.zeros([96])]]);
      const pooled = identity.forward(bare, pixelsOf(4), false).embeddings;
      const { mean, variance } = tf.moments(pooled, 0);
      const expectedMean = tf.mul(mean, 0.1);
      const expectedVar = tf.add(0.9, tf.mul(variance, (0.1 * 4) / 3));
      for (const [name, expected] of [['running_mean', expectedMean] as const, ['running_var', expectedVar] as const]) {
        const difference = tf.sub(moved.get(`head.bn.${name}`) as Tensor, expected);
        expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-5);
      }
    });
  });

  test('refuses pictures that are too small, and unknown backbones', () => {
    expect(() =>
      createNetwork({ backbone: 'conv_small', freezeBn: true, imageSize: 8, embeddingDim: 4, needBn: true }),
    ).toThrow('image_size >= 16');
    const options = { backbone: 'resnet', imageSize: 64, embeddingDim: 4, needBn: true, freezeBn: true };
    expect(() => createNetwork(options)).toThrow('there is no backbone "resnet"');
  });
});

test('initial values depend on the seed and the name only, and keep to their bounds', () => {
  const first = initialState(network, 3);
  expect(initialState(network, 3)).toEqual(first);
  expect(initialState(network, 4).get('head.fc.weight')).not.toEqual(first.get('head.fc.weight'));
  const weights = first.get('backbone.conv4.weight') as Float32Array;
  const bound = Math.sqrt(6 / (9 * 64));
  const variance = weights.reduce((sum, value) => sum + value * value, 0) / weights.length;
  expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound));
  expect(variance).toBeCloseTo(bound ** 2 / 3, 3);
  expect([...(first.get('head.bn.running_var') as Float32Array)]).toEqual(Array.from({ length: 96 }, () => 1));
});

test.each([1, 2] as const)(
  'the native convolution of stride %i has the value and gradients of the plain one',
  (stride) => {
    tf.tidy(() => {
      const input = tf.randomNormal([2, 9, 9, 3], 0, 1, 'float32', 1) as Tensor4D;
      const filter = tf.randomNormal([3, 3, 3, 4], 0, 1, 'float32', 2) as Tensor4D;
      const bias = tf.randomNormal([4], 0, 1, 'float32', 3);
      const weight = (output: Tensor): Tensor =>
        tf.sum(tf.mul(output, tf.sin(tf.range(0, output.size)).reshape(output.shape)));
      const plain = (x: Tensor, f: Tensor, b: Tensor): Tensor =>
        weight(tf.relu(tf.add(tf.conv2d(x as Tensor4D, f as Tensor4D, stride, 'same'), b)));
      const own = (x: Tensor, f: Tensor, b: Tensor): Tensor =>
        weight(convolution(x as Tensor4D, f, b, { stride, padding: 'same', activation: 'relu' }));
      const parametersOnly = (f: Tensor, b: Tensor): Tensor => own(input, f, b);
      const gradients = (f: (...inputs: Tensor[]) => Tensor, inputs: Tensor[]): Tensor[] =>
        tf.grads(f as Parameters<typeof tf.grads>[0])(inputs);
      const expected = gradients(plain as (...inputs: Tensor[]) => Tensor, [input, filter, bias]);
      const actual = gradients(own as (...inputs: Tensor[]) => Tensor, [input, filter, bias]);
      const partial = gradients(parametersOnly as (...inputs: Tensor[]) => Tensor, [filter, bias]);
      for (const [index, tensor] of [...actual, ...partial].entries()) {
        const reference = expected[index < 3 ? index : index - 2] as Tensor;
        expect(tf.max(tf.abs(tf.sub(tensor, reference))).dataSync()[0]).toBeLessThan(1e-4);
      }
    });
  },
);
