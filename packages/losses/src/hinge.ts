import { tf } from '@spherelab/tensorflow';
import type { Tensor } from './tensor-types.ts';

/**
 * max(0, x). Where x is exactly 0 half of the gradient passes, as in PyTorch since 1.7 (older versions pass all of it,
 * tfjs none). NaN stays NaN.
 */
export function hinge<T extends Tensor>(x: T): T {
  const op = tf.customGrad((input, save) => {
    const value = input as Tensor;
    (save as (tensors: Tensor[]) => void)([value]);
    return {
      value: tf.mul(0.5, tf.add(value, tf.abs(value))),
      gradFunc: (dy, saved) => tf.mul(dy, tf.mul(0.5, tf.add(tf.sign((saved as Tensor[])[0] as Tensor), 1))),
    };
  });
  return op(x) as T;
}
