import { nativeBackend, type OpAttribute, tf } from '@spherelab/tensorflow';
import type { Tensor, Tensor4D } from './network.ts';

export type Activation = 'none' | 'relu' | 'relu6';

type Rectifier = Exclude<Activation, 'none'>;

/** TensorFlow's ops: y = f(x), and dx from (dy, x); x may be y there, since both are 0 or 6 at the same places. */
const ops: Readonly<Record<Rectifier, { readonly value: string; readonly gradient: string }>> = {
  relu: { value: 'Relu', gradient: 'ReluGrad' },
  relu6: { value: 'Relu6', gradient: 'Relu6Grad' },
};

function floatAttribute(): OpAttribute {
  const { binding } = nativeBackend();
  return { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}

/** The activation as a part of another kernel: it leaves no entry on the tape. */
export function activationValue(activation: Activation, input: Tensor): Tensor {
  if (activation === 'none') return input;
  return nativeBackend().executeSingleOutput(ops[activation].value, [floatAttribute()], [input]);
}

/** The gradient before the activation, from the one behind it and its output. */
export function activationGradient(activation: Activation, gradient: Tensor, output: Tensor): Tensor {
  if (activation === 'none') return gradient;
  return nativeBackend().executeSingleOutput(ops[activation].gradient, [floatAttribute()], [gradient, output]);
}

const KERNEL = 'SpherelabActivation';
type Attributes = { readonly activation: Rectifier };

tf.registerKernel({
  kernelName: KERNEL,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, attrs }) =>
    activationValue((attrs as unknown as Attributes).activation, inputs.input as Tensor),
});
tf.registerGradient({
  kernelName: KERNEL,
  outputsToSave: [true],
  gradFunc: (gradient, saved, attrs) => ({
    input: () =>
      activationGradient((attrs as unknown as Attributes).activation, gradient as Tensor, (saved as [Tensor])[0]),
  }),
});

/** The activation of a tensor of any shape, with TensorFlow's own gradient op. */
export function activate(activation: Activation, input: Tensor4D): Tensor4D {
  if (activation === 'none') return input;
  return tf.engine().runKernel(KERNEL, { input }, { activation }) as unknown as Tensor4D;
}
