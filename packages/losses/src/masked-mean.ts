import { tf } from '@spherelab/tensorflow';
import type { Scalar, Tensor } from './tensor-types.ts';

/** Sum of the entries where `mask` holds; the others are replaced by 0 first, so that their NaN does not count. */
export function maskedSum<T extends Tensor>(values: Tensor, mask: Tensor, axis?: number): T {
  return tf.sum<T>(tf.where(mask, values, 0), axis);
}

/** Mean of the entries where `mask` holds; no such entry gives 0/0 = NaN. */
export function maskedMean(values: Tensor, mask: Tensor): Scalar {
  return tf.div(maskedSum<Scalar>(values, mask), tf.sum(tf.cast(mask, 'float32')));
}
