import { nativeBackend, type OpAttribute, tf } from '@spherelab/tensorflow';
import { type Activation, activationGradient, activationValue } from './activation.ts';
import type { Tensor, Tensor4D } from './network.ts';

export type DepthwiseOptions = {
  readonly stride: 1 | 2;
  readonly activation: Activation;
};

const KERNEL = 'SpherelabDepthwiseConvolution';

function typeAttribute(): OpAttribute {
  const { binding } = nativeBackend();
  return { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}

function layoutAttribute(): OpAttribute {
  return { name: 'data_format', type: nativeBackend().binding.TF_ATTR_STRING, value: 'NHWC' };
}

function depthwiseAttributes({ stride }: DepthwiseOptions): OpAttribute[] {
  const { TF_ATTR_INT, TF_ATTR_STRING } = nativeBackend().binding;
  return [
    typeAttribute(),
    layoutAttribute(),
    { name: 'strides', type: TF_ATTR_INT, value: [1, stride, stride, 1] },
    { name: 'padding', type: TF_ATTR_STRING, value: 'SAME' },
    { name: 'explicit_paddings', type: TF_ATTR_INT, value: [] as number[] },
    { name: 'dilations', type: TF_ATTR_INT, value: [1, 1, 1, 1] },
  ];
}

type Inputs = { readonly input: Tensor; readonly filter: Tensor; readonly bias?: Tensor };

/** HWIO [kh, kw, 1, c] as TensorFlow's depthwise layout [kh, kw, c, 1]: the same bytes. */
function depthwiseFilter(filter: Tensor): Tensor {
  const [height, width, , channels] = filter.shape as [number, number, number, number];
  return tf.reshape(filter, [height, width, channels, 1]);
}

function forward({ input, filter, bias }: Inputs, options: DepthwiseOptions): Tensor {
  const backend = nativeBackend();
  return tf.tidy(() => {
    const inputs = [input, depthwiseFilter(filter)];
    const product = backend.executeSingleOutput('DepthwiseConv2dNative', depthwiseAttributes(options), inputs);
    const biased = [typeAttribute(), layoutAttribute()];
    const sum = bias === undefined ? product : backend.executeSingleOutput('BiasAdd', biased, [product, bias]);
    return activationValue(options.activation, sum);
  });
}

function gradients(gradient: Tensor, input: Tensor, filter: Tensor, output: Tensor, options: DepthwiseOptions) {
  const backend = nativeBackend();
  const attributes = depthwiseAttributes(options);
  const inner = activationGradient(options.activation, gradient, output);
  const own = depthwiseFilter(filter);
  const shapeOf = (tensor: Tensor): Tensor => tf.tensor1d(tensor.shape, 'int32');
  return {
    input: () =>
      backend.executeSingleOutput('DepthwiseConv2dNativeBackpropInput', attributes, [shapeOf(input), own, inner]),
    filter: () => {
      const inputs = [input, shapeOf(own), inner];
      const result = backend.executeSingleOutput('DepthwiseConv2dNativeBackpropFilter', attributes, inputs);
      return tf.reshape(result, filter.shape);
    },
    bias: () => backend.executeSingleOutput('BiasAddGrad', [typeAttribute(), layoutAttribute()], [inner]),
  };
}

tf.registerKernel({
  kernelName: KERNEL,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, attrs }) => forward(inputs as unknown as Inputs, attrs as unknown as DepthwiseOptions),
});
tf.registerGradient({
  kernelName: KERNEL,
  inputsToSave: ['input', 'filter'],
  outputsToSave: [true],
  gradFunc: (gradient, saved, attrs) => {
    const [input, filter, output] = saved as [Tensor, Tensor, Tensor];
    return gradients(gradient as Tensor, input, filter, output, attrs as unknown as DepthwiseOptions);
  },
});

/**
 * Each channel convolved with a filter of its own, TensorFlow's SAME padding, + bias (where there is one), then the
 * activation. Input [batch, h, w, c], filter [kh, kw, 1, c], bias [c] -> [batch, ceil(h / stride), ceil(w / stride), c].
 */
export function depthwiseConvolution(
  input: Tensor4D,
  filter: Tensor,
  bias: Tensor | null,
  options: DepthwiseOptions,
): Tensor4D {
  const inputs = bias === null ? { input, filter } : { input, filter, bias };
  return tf.engine().runKernel(KERNEL, inputs, { ...options }) as unknown as Tensor4D;
}
