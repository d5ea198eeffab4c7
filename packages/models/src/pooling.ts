import { nativeBackend, type OpAttribute, tf } from '@spherelab/tensorflow';
import type { Tensor, Tensor4D } from './network.ts';

const SIZE = 3;
type Padding = 'SAME' | 'VALID';
type Attributes = { readonly stride: number; readonly padding: Padding };

function poolAttributes({ stride, padding }: Attributes): OpAttribute[] {
  const { binding } = nativeBackend();
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'ksize', type: binding.TF_ATTR_INT, value: [1, SIZE, SIZE, 1] },
    { name: 'strides', type: binding.TF_ATTR_INT, value: [1, stride, stride, 1] },
    { name: 'padding', type: binding.TF_ATTR_STRING, value: padding },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
  ];
}

function registerPool(
  kernelName: string,
  op: string,
  gradient: (dy: Tensor, input: Tensor, output: Tensor, attributes: OpAttribute[]) => Tensor,
): void {
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs }) =>
      nativeBackend().executeSingleOutput(op, poolAttributes(attrs as unknown as Attributes), [inputs.input as Tensor]),
  });
  tf.registerGradient({
    kernelName,
    inputsToSave: ['input'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => {
      const [input, output] = saved as [Tensor, Tensor];
      return { input: () => gradient(dy as Tensor, input, output, poolAttributes(attrs as unknown as Attributes)) };
    },
  });
}

const MAX_POOL = 'SpherelabMaxPool';
const AVERAGE_POOL = 'SpherelabAveragePool';

registerPool(MAX_POOL, 'MaxPool', (dy, input, output, attributes) =>
  nativeBackend().executeSingleOutput('MaxPoolGrad', attributes, [input, output, dy]),
);
registerPool(AVERAGE_POOL, 'AvgPool', (dy, input, _output, attributes) =>
  nativeBackend().executeSingleOutput('AvgPoolGrad', attributes, [tf.tensor1d(input.shape, 'int32'), dy]),
);

function pool(kernel: string, input: Tensor4D, attributes: Attributes): Tensor4D {
  return tf.engine().runKernel(kernel, { input }, { ...attributes }) as unknown as Tensor4D;
}

/**
 * Max pooling 3x3 as torch's with `ceil_mode`: a window that reaches over the edge counts what is inside.
 * At stride 2 there is no padding, so an odd side is VALID and an even one is SAME, which then adds one pixel at the
 * end only; at stride 1 (inception 5b) there is one pixel of padding. [batch, h, w, c], h and w of the same parity.
 */
export function maxPool(input: Tensor4D, stride: 1 | 2): Tensor4D {
  const [, height, width] = input.shape;
  if (stride === 1) return pool(MAX_POOL, input, { stride, padding: 'SAME' });
  if (height % 2 !== width % 2) throw new RangeError(`max pooling of ${height} x ${width}: one side is odd, one even`);
  return pool(MAX_POOL, input, { stride, padding: height % 2 === 1 ? 'VALID' : 'SAME' });
}

/** How many of the 9 places of a window around each pixel lie inside, over 9: [1, h, w, 1]. */
function shareInside(height: number, width: number): Tensor {
  const inside = (at: number, size: number): number => 3 - Number(at === 0) - Number(at === size - 1);
  return tf.tensor4d(
    Float32Array.from(
      { length: height * width },
      (_, i) => (inside(Math.floor(i / width), height) * inside(i % width, width)) / 9,
    ),
    [1, height, width, 1],
  );
}

/**
 * Average pooling 3x3, stride 1, one pixel of padding that counts in the average, as torch's default.
 * TensorFlow's divides by the pixels inside, hence the factor. [batch, h, w, c] -> the same shape.
 */
export function averagePool(input: Tensor4D): Tensor4D {
  const [, height, width] = input.shape;
  return tf.mul(pool(AVERAGE_POOL, input, { stride: 1, padding: 'SAME' }), shareInside(height, width));
}

/**
 * Max pooling 3x3, stride 2, one pixel of padding as torch's, of values that are not negative: zeros may stand for
 * torch's padding. [batch, h, w, c] -> [batch, ceil(h / 2), ceil(w / 2), c], h and w of the same parity.
 */
export function maxPoolAfterRelu(input: Tensor4D): Tensor4D {
  const [, height, width] = input.shape;
  if (height % 2 !== width % 2) throw new RangeError(`max pooling of ${height} x ${width}: one side is odd, one even`);
  if (height % 2 === 1) return pool(MAX_POOL, input, { stride: 2, padding: 'SAME' });
  // Torch's windows begin one pixel outside; TensorFlow's SAME would put that pixel at the end.
  const padded = tf.pad(input, [
    [0, 0],
    [1, 0],
    [1, 0],
    [0, 0],
  ]);
  return pool(MAX_POOL, padded, { stride: 2, padding: 'VALID' });
}
