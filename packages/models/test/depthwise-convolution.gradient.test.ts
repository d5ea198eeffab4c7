import { tf } from '@spherelab/tensorflow';
import { expect, test } from 'vitest';
import type { Activation } from '../src/activation.ts';
import { depthwiseConvolution } from '../src/depthwise-convolution.ts';
import type { Tensor, Tensor4D } from '../src/network.ts';

type Shape = { readonly side: number; readonly size: number; readonly stride: 1 | 2; readonly activation: Activation };

const shapes: readonly Shape[] = [
  { side: 8, size: 3, stride: 1, activation: 'none' },
  { side: 8, size: 3, stride: 2, activation: 'relu6' },
  { side: 7, size: 3, stride: 2, activation: 'relu' },
  { side: 7, size: 5, stride: 1, activation: 'relu6' },
  { side: 8, size: 5, stride: 2, activation: 'none' },
  { side: 3, size: 5, stride: 2, activation: 'relu6' },
];

/** The definition: the padded input, shifted to each place of the filter, times that weight, summed. */
function naive(input: Tensor4D, filter: Tensor, bias: Tensor, { side, size, stride, activation }: Shape): Tensor {
  const channels = input.shape[3];
  const outputs = Math.ceil(side / stride);
  const padding = Math.max((outputs - 1) * stride + size - side, 0);
  const before = Math.floor(padding / 2);
  const both: [number, number] = [before, padding - before];
  const padded = tf.pad(input, [[0, 0], both, both, [0, 0]]);
  const places = (first: number): number[] => Array.from({ length: outputs }, (_, at) => first + at * stride);
  let sum: Tensor = bias;
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j < size; j += 1) {
      const shifted = tf.gather(tf.gather(padded, places(i), 1), places(j), 2);
      sum = tf.add(sum, tf.mul(shifted, tf.reshape(tf.slice(filter, [i, j, 0, 0], [1, 1, 1, channels]), [channels])));
    }
  }
  if (activation === 'none') return sum;
  return activation === 'relu' ? tf.relu(sum) : tf.relu6(sum);
}

test.each(shapes)(
  '$side px, filter $size, stride $stride, $activation: values and gradients are those of the definition',
  (shape) => {
    const { side, size, stride, activation } = shape;
    tf.tidy(() => {
      // Wide enough that some values are beyond the 6 of ReLU6.
      const input = tf.randomNormal([2, side, side, 5], 0, 1.5, 'float32', 1);
      const filter = tf.randomNormal([size, size, 1, 5], 0, 1, 'float32', 2);
      const bias = tf.randomNormal([5], 0, 1, 'float32', 3);
      const weigh = (output: Tensor): Tensor =>
        tf.sum(tf.mul(output, tf.sin(tf.range(0, output.size)).reshape(output.shape)));
      const theirs = (...[x, f, b]: Tensor[]): Tensor => weigh(naive(x as Tensor4D, f as Tensor, b as Tensor, shape));
      const ours = (...[x, f, b]: Tensor[]): Tensor =>
        weigh(depthwiseConvolution(x as Tensor4D, f as Tensor, b as Tensor, { stride, activation }));
      const inputs = [input, filter, bias];
      const expected = [theirs(...inputs), ...tf.grads(theirs)(inputs)];
      const actual = [ours(...inputs), ...tf.grads(ours)(inputs)];
      for (const [index, one] of actual.entries()) {
        const other = expected[index] as Tensor;
        expect(one.shape).toEqual(other.shape);
        expect(tf.max(tf.abs(tf.sub(one, other))).dataSync()[0]).toBeLessThan(1e-4);
      }
      const withoutBias = depthwiseConvolution(input as Tensor4D, filter, null, { stride, activation });
      const zero = depthwiseConvolution(input as Tensor4D, filter, tf.zeros([5]), { stride, activation });
      expect(withoutBias.dataSync()).toEqual(zero.dataSync());
    });
    expect(tf.memory().numTensors).toBe(0);
  },
);
