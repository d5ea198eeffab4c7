import { tf } from '@spherelab/tensorflow';
import { convolution } from './convolution.ts';
import { embeddingHead, embeddingHeadSpecs } from './embedding-head.ts';
import type { ForwardResult, Network, StateMap, Tensor, Tensor4D, TensorSpec } from './network.ts';
import { stateTensor } from './state-tensor.ts';

type Convolution = { readonly name: string; readonly size: number; readonly channels: number; readonly stride: 1 | 2 };

/** Strides come early: a step at 64 px and batch 90 stays near 100 ms on two CPU cores. */
const CONVOLUTIONS: readonly Convolution[] = [
  { name: 'conv1', size: 5, channels: 16, stride: 2 },
  { name: 'conv2', size: 3, channels: 32, stride: 2 },
  { name: 'conv3', size: 3, channels: 64, stride: 2 },
  { name: 'conv4', size: 3, channels: 96, stride: 1 },
];
const OUTPUT_CHANNELS = 96;
/** Added to the variance of a channel, in squared levels of 255: a flat picture stays flat instead of becoming noise. */
const VARIANCE_FLOOR = 100;

export type ConvSmallOptions = {
  /** Height and width of the input in pixels; at least 16. */
  readonly imageSize: number;
  readonly embeddingDim: number;
  readonly needBn: boolean;
};

function convolutionSpecs(): TensorSpec[] {
  let inputs = 3;
  return CONVOLUTIONS.flatMap(({ name, size, channels }) => {
    // He's bound for a uniform distribution before a ReLU: variance 2 / fan_in.
    const uniform = Math.sqrt(6 / (size * size * inputs));
    const shape = [size, size, inputs, channels];
    inputs = channels;
    return [
      { name: `backbone.${name}.weight`, shape, role: 'parameter', group: 'backbone', init: { uniform } },
      { name: `backbone.${name}.bias`, shape: [channels], role: 'parameter', group: 'backbone', init: 'zeros' },
    ] as const;
  });
}

/**
 * Each channel of each picture to mean 0 and variance 1. Ours: the reference subtracts one mean colour from all pictures
 * and leaves the rest to pretrained batch norms, which this network lacks; from random weights, without this, hundreds
 * of steps are spent on learning to ignore colour and light.
 */
function normalisePixels(input: Tensor): Tensor4D {
  const bgr = tf.reverse(tf.cast(input, 'float32'), -1);
  const { mean, variance } = tf.moments(bgr, [1, 2], true);
  return tf.div(tf.sub(bgr, mean), tf.sqrt(tf.add(variance, VARIANCE_FLOOR))) as Tensor4D;
}

function backbone(state: StateMap, input: Tensor): Tensor4D {
  return CONVOLUTIONS.reduce<Tensor4D>((features, { name, stride }) => {
    const filter = stateTensor(state, `backbone.${name}.weight`);
    const bias = stateTensor(state, `backbone.${name}.bias`);
    return convolution(features, filter, bias, { stride, padding: 'same', relu: true });
  }, normalisePixels(input)); // [batch, imageSize / 8, imageSize / 8, 96]
}

/**
 * A small convolutional network for pictures of about 64 px, ours (the paper has none such): four convolutions with
 * ReLU and without backbone BatchNorm, so that nothing depends on `freeze_bn`, then the reference's head.
 * Input: RGB pixels 0..255 [batch, imageSize, imageSize, 3], int32 or float32.
 */
export function convSmall({ imageSize, embeddingDim, needBn }: ConvSmallOptions): Network {
  if (!Number.isInteger(imageSize) || imageSize < 16)
    throw new RangeError(`conv_small needs image_size >= 16, not ${imageSize}`);
  return {
    name: 'conv_small',
    inputShape: [imageSize, imageSize, 3],
    specs: [...convolutionSpecs(), ...embeddingHeadSpecs({ channels: OUTPUT_CHANNELS, embeddingDim, needBn })],
    forward: (state, input, training): ForwardResult => embeddingHead(state, backbone(state, input), training, needBn),
  };
}
