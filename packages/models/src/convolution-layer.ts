import { tf } from '@spherelab/tensorflow';
import { type Activation, activate } from './activation.ts';
import { type BatchNormRule, batchNormSpecs, frozenBatchNorm, trainingBatchNorm } from './batch-norm.ts';
import { convolution } from './convolution.ts';
import { depthwiseConvolution } from './depthwise-convolution.ts';
import type { StateMap, Tensor, Tensor4D, TensorSpec } from './network.ts';
import type { Pass } from './stage.ts';
import { stateTensor } from './state-tensor.ts';

/** A convolution with the batch norm and the activation behind it. */
export type ConvolutionLayer = {
  /** Of the convolution: its keys are `<name>.weight` and, where it has one, `<name>.bias`. */
  readonly name: string;
  readonly batchNorm: { readonly name: string } & BatchNormRule;
  readonly hasBias: boolean;
  readonly inputs: number;
  readonly outputs: number;
  readonly size: number;
  readonly stride: 1 | 2;
  /** As `convolution` counts it; depthwise ones know `same` only. */
  readonly padding: number | 'same';
  /** Whether each channel has a filter of its own; `outputs` equals `inputs` then. */
  readonly isDepthwise: boolean;
  readonly activation: Activation;
};

type Init = TensorSpec['init'];

/** torch's default for Conv2d, weight and bias alike: U(+-1/sqrt(fan in)). */
export function torchDefaultInit({ size, inputs }: ConvolutionLayer): Init {
  return { uniform: 1 / Math.sqrt(size * size * inputs) };
}

/** He's normal distribution by the fan out, as torchvision's ResNet and TensorFlow's EfficientNet begin. */
export function fanOutInit({ size, outputs, isDepthwise }: ConvolutionLayer): Init {
  return { normal: Math.sqrt(2 / (size * size * (isDepthwise ? 1 : outputs))) };
}

/**
 * The tensors of a layer in torch's order. A depthwise filter is [size, size, 1, channels]: HWIO, as torch's
 * [channels, 1, size, size] is OIHW.
 */
export function convolutionLayerSpecs(layer: ConvolutionLayer, init: Init): TensorSpec[] {
  const { name, batchNorm, hasBias, inputs, outputs, size, isDepthwise } = layer;
  const own = (part: string, shape: readonly number[]): TensorSpec => ({
    name: `${name}.${part}`,
    shape,
    role: 'parameter',
    group: 'backbone',
    init,
  });
  return [
    own('weight', [size, size, isDepthwise ? 1 : inputs, outputs]),
    ...(hasBias ? [own('bias', [outputs])] : []),
    ...batchNormSpecs(batchNorm.name, outputs, 'backbone-bn'),
  ];
}

/** The convolution and its frozen batch norm as one convolution, exactly: w scale, b scale + shift. */
export function foldedConvolution(
  state: StateMap,
  { name, batchNorm, hasBias }: ConvolutionLayer,
): { readonly filter: Tensor; readonly bias: Tensor } {
  const { scale, shift } = frozenBatchNorm(state, batchNorm.name, batchNorm);
  return {
    filter: tf.mul(stateTensor(state, `${name}.weight`), scale),
    bias: hasBias ? tf.add(tf.mul(stateTensor(state, `${name}.bias`), scale), shift) : shift,
  };
}

function convolve(
  layer: ConvolutionLayer,
  input: Tensor4D,
  filter: Tensor,
  bias: Tensor | null,
  activation: Activation,
) {
  const { stride, padding, isDepthwise } = layer;
  return isDepthwise
    ? depthwiseConvolution(input, filter, bias, { stride, activation })
    : convolution(input, filter, bias, { stride, padding, activation });
}

/** Convolution, batch norm, activation: [batch, h, w, inputs] -> [batch, h', w', outputs]. */
export function convolutionLayer(pass: Pass, layer: ConvolutionLayer, input: Tensor4D): Tensor4D {
  if (!pass.onBatch) {
    const { filter, bias } = foldedConvolution(pass.state, layer);
    return convolve(layer, input, filter, bias, layer.activation);
  }
  const weight = stateTensor(pass.state, `${layer.name}.weight`);
  const own = layer.hasBias ? stateTensor(pass.state, `${layer.name}.bias`) : null;
  const product = convolve(layer, input, weight, own, 'none');
  const { batchNorm } = layer;
  const { output, runningStatistics } = trainingBatchNorm(pass.state, batchNorm.name, product, batchNorm);
  for (const [key, value] of runningStatistics) pass.changed.set(key, value);
  return activate(layer.activation, output as Tensor4D);
}

/** The side of a convolution's or pooling's output whose padding is half the filter, or TensorFlow's SAME. */
export function sideAfter(side: number, stride: 1 | 2): number {
  return Math.ceil(side / stride);
}
