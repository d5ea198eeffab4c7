import type { TensorSpec } from './network.ts';

/**
 * torch keeps convolution weights as [out, in, height, width] (OIHW), TensorFlow as [height, width, in, out] (HWIO).
 * Depthwise filters are convolutions of one input channel each: [channels, 1, height, width] there, [height, width, 1,
 * channels] here.
 */
export const axesFromTorch = [2, 3, 1, 0] as const;
const axesToTorch = [3, 2, 0, 1] as const;

/** Convolution weights are the only tensors of four axes. */
export function isConvolution({ shape }: Pick<TensorSpec, 'shape'>): boolean {
  return shape.length === 4;
}

/** The shape that a tensor of the network has in torch. */
export function torchShape(spec: Pick<TensorSpec, 'shape'>): readonly number[] {
  return isConvolution(spec) ? axesToTorch.map((axis) => spec.shape[axis] as number) : spec.shape;
}

/** Values of a tensor of the network in torch's order: HWIO to OIHW for convolutions, else the same array. */
export function torchValues(spec: Pick<TensorSpec, 'shape'>, values: Float32Array): Float32Array {
  if (!isConvolution(spec)) return values;
  const [outputs, inputs, height, width] = torchShape(spec) as [number, number, number, number];
  const result = new Float32Array(values.length);
  let at = 0;
  for (let o = 0; o < outputs; o += 1) {
    for (let i = 0; i < inputs; i += 1) {
      for (let position = 0; position < height * width; position += 1) {
        result[at] = values[(position * inputs + i) * outputs + o] as number;
        at += 1;
      }
    }
  }
  return result;
}
