import { nativeBackend, type OpAttribute, tf } from '@spherelab/tensorflow';
import { type Activation, activationGradient, activationValue } from './activation.ts';
import type { Tensor, Tensor4D } from './network.ts';

export type ConvolutionOptions = {
  readonly stride: 1 | 2;
  /** Pixels of zeros on every side, as torch counts; `same` is TensorFlow's rule, which differs at stride 2. */
  readonly padding: number | 'same';
  readonly activation: Activation;
};

const KERNEL = 'SpherelabConvolution';
const NONE: number[] = [];

function typeAttribute(): OpAttribute {
  const { binding } = nativeBackend();
  return { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}

function layoutAttribute(): OpAttribute {
  return { name: 'data_format', type: nativeBackend().binding.TF_ATTR_STRING, value: 'NHWC' };
}

type Padding = { readonly name: 'SAME' | 'VALID' | 'EXPLICIT'; readonly explicit: number[] };

/** The padding by the simplest name that means the same: TensorFlow fuses and speeds up SAME and VALID only. */
function paddingOf(input: readonly number[], filter: readonly number[], options: ConvolutionOptions): Padding {
  const { stride, padding } = options;
  if (padding === 'same') return { name: 'SAME', explicit: NONE };
  if (padding === 0) return { name: 'VALID', explicit: NONE };
  const isSame = [0, 1].every((axis) => {
    const size = input[axis + 1] as number;
    const needed = (Math.ceil(size / stride) - 1) * stride + (filter[axis] as number) - size;
    return needed === 2 * padding;
  });
  if (isSame) return { name: 'SAME', explicit: NONE };
  return { name: 'EXPLICIT', explicit: [0, 0, padding, padding, padding, padding, 0, 0] };
}

function convolutionAttributes(
  input: readonly number[],
  filter: readonly number[],
  options: ConvolutionOptions,
): OpAttribute[] {
  const { TF_ATTR_INT, TF_ATTR_STRING, TF_ATTR_BOOL } = nativeBackend().binding;
  const { name, explicit } = paddingOf(input, filter, options);
  return [
    typeAttribute(),
    layoutAttribute(),
    { name: 'strides', type: TF_ATTR_INT, value: [1, options.stride, options.stride, 1] },
    { name: 'padding', type: TF_ATTR_STRING, value: name },
    { name: 'explicit_paddings', type: TF_ATTR_INT, value: explicit },
    { name: 'dilations', type: TF_ATTR_INT, value: [1, 1, 1, 1] },
    { name: 'use_cudnn_on_gpu', type: TF_ATTR_BOOL, value: true },
  ];
}

type Inputs = { readonly input: Tensor; readonly filter: Tensor; readonly bias?: Tensor };

function forward({ input, filter, bias }: Inputs, options: ConvolutionOptions): Tensor {
  const backend = nativeBackend();
  return tf.tidy(() => {
    const attributes = convolutionAttributes(input.shape, filter.shape, options);
    const product = backend.executeSingleOutput('Conv2D', attributes, [input, filter]);
    const biased = [typeAttribute(), layoutAttribute()];
    const sum = bias === undefined ? product : backend.executeSingleOutput('BiasAdd', biased, [product, bias]);
    return activationValue(options.activation, sum);
  });
}

function gradients(
  gradient: Tensor,
  { input, filter }: Omit<Inputs, 'bias'>,
  output: Tensor,
  options: ConvolutionOptions,
) {
  const backend = nativeBackend();
  const attributes = convolutionAttributes(input.shape, filter.shape, options);
  const inner = activationGradient(options.activation, gradient, output);
  const shapeOf = (tensor: Tensor): Tensor => tf.tensor1d(tensor.shape, 'int32');
  return {
    input: () => backend.executeSingleOutput('Conv2DBackpropInput', attributes, [shapeOf(input), filter, inner]),
    filter: () => backend.executeSingleOutput('Conv2DBackpropFilter', attributes, [input, shapeOf(filter), inner]),
    bias: () => backend.executeSingleOutput('BiasAddGrad', [typeAttribute(), layoutAttribute()], [inner]),
  };
}

// A kernel of its own, so that each gradient is computed only where something depends on it: the gradient of the pixels,
// which costs as much as that of the first filter, is never asked for in training.
tf.registerKernel({
  kernelName: KERNEL,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, attrs }) => forward(inputs as unknown as Inputs, attrs as unknown as ConvolutionOptions),
});
tf.registerGradient({
  kernelName: KERNEL,
  inputsToSave: ['input', 'filter'],
  outputsToSave: [true],
  gradFunc: (gradient, saved, attrs) => {
    const [input, filter, output] = saved as [Tensor, Tensor, Tensor];
    return gradients(gradient as Tensor, { input, filter }, output, attrs as unknown as ConvolutionOptions);
  },
});

/**
 * conv2d(input, filter) + bias (where there is one), then the activation, with TensorFlow's own gradient ops, which also
 * take torch's padding. Input [batch, h, w, c], filter [kh, kw, c, out], bias [out] -> [batch, h', w', out].
 */
export function convolution(
  input: Tensor4D,
  filter: Tensor,
  bias: Tensor | null,
  options: ConvolutionOptions,
): Tensor4D {
  const inputs = bias === null ? { input, filter } : { input, filter, bias };
  return tf.engine().runKernel(KERNEL, inputs, { ...options }) as unknown as Tensor4D;
}
