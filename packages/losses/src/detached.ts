import { tf } from '@spherelab/tensorflow';
import type { Tensor } from './tensor-types.ts';

/**
 * `compute(input)` as a constant to differentiation, as torch's `detach()`. tfjs has no such op, and it refuses to
 * differentiate where a comparison lies between input and loss, so every mask that depends on embeddings is made here.
 */
export function detached<In extends Tensor, Out extends Tensor>(input: In, compute: (input: In) => Out): Out {
  const constant = tf.customGrad((x, save) => {
    const original = x as Tensor;
    (save as (tensors: Tensor[]) => void)([original]);
    return { value: compute(original as In), gradFunc: (_dy, saved) => tf.zerosLike((saved as Tensor[])[0] as Tensor) };
  });
  return constant(input) as Out;
}
