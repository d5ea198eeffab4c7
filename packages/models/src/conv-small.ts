import { tf } from '@spherelab/tensorflow';
import { convolution } from './convolution.ts';
import { sideAfter } from './convolution-layer.ts';
import type { Tensor, Tensor4D } from './network.ts';
import type { Backbone, Stage } from './stage.ts';
import { stateTensor } from './state-tensor.ts';

type Convolution = { readonly name: string; readonly size: number; readonly channels: number; readonly stride: 1 | 2 };

/** Strides come early: a step at 64 px and batch 90 stays near 100 ms on two CPU cores. */
const CONVOLUTIONS: readonly Convolution[] = [
  { name: 'conv1', size: 5, channels: 16, stride: 2 },
  { name: 'conv2', size: 3, channels: 32, stride: 2 },
  { name: 'conv3', size: 3, channels: 64, stride: 2 },
  { name: 'conv4', size: 3, channels: 96, stride: 1 },
];
/** Added to the variance of a channel, in squared levels of 255: a flat picture stays flat instead of becoming noise. */
const VARIANCE_FLOOR = 100;

function stageOf({ name, size, channels, stride }: Convolution, inputs: number, side: number): Stage {
  // He's bound for a uniform distribution before a ReLU: variance 2 / fan_in.
  const uniform = Math.sqrt(6 / (size * size * inputs));
  const [weight, bias] = [`backbone.${name}.weight`, `backbone.${name}.bias`];
  const shape = [size, size, inputs, channels];
  return {
    name,
    specs: [
      { name: weight, shape, role: 'parameter', group: 'backbone', init: { uniform } },
      { name: bias, shape: [channels], role: 'parameter', group: 'backbone', init: 'zeros' },
    ],
    outputShape: [side, side, channels],
    forward: ({ state }, input) =>
      convolution(input, stateTensor(state, weight), stateTensor(state, bias), {
        stride,
        padding: 'same',
        activation: 'relu',
      }),
  };
}

/**
 * Each channel of each picture to mean 0 and variance 1. Ours: the reference subtracts one mean colour from all pictures
 * and leaves the rest to pretrained batch norms, which this network lacks; from random weights, without this, hundreds
 * of steps are spent on learning to ignore colour and light.
 */
function normalisePixels(input: Tensor): Tensor4D {
  const [count = 0, height = 0, width = 0, channels = 0] = input.shape;
  // As planes, so that means and differences run along memory: with the channels innermost they take twice as long.
  const planes = tf.transpose(tf.cast(tf.reshape(input, [count, height * width, channels]), 'float32'), [0, 2, 1]);
  const centred = tf.sub(planes, tf.mean(planes, 2, true));
  const variance = tf.mean(tf.square(centred), 2, true);
  const normalised = tf.mul(centred, tf.rsqrt(tf.add(variance, VARIANCE_FLOOR)));
  const bgr = tf.reverse(normalised, 1);
  return tf.reshape(tf.transpose(bgr, [0, 2, 1]), [count, height, width, channels]) as Tensor4D;
}

/**
 * A small convolutional network for pictures of about 64 px, ours (the paper has none such): four convolutions with
 * ReLU and without BatchNorm, so that nothing depends on `freeze_bn`. Throws RangeError for a side below 16 pixels.
 */
export function convSmall(imageSize: number): Backbone {
  if (!Number.isInteger(imageSize) || imageSize < 16)
    throw new RangeError(`conv_small needs image_size >= 16, not ${imageSize}`);
  let [inputs, side] = [3, imageSize];
  const stages = CONVOLUTIONS.map((convolution) => {
    side = sideAfter(side, convolution.stride);
    const stage = stageOf(convolution, inputs, side);
    inputs = convolution.channels;
    return stage;
  });
  return {
    name: 'conv_small',
    inputShape: [imageSize, imageSize, 3],
    channels: inputs,
    preprocess: normalisePixels,
    stages,
  };
}
