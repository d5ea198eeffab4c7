/**
 * L2 regularisation of the embeddings: L_l2 = mean_i |f_i|^2 of raw embeddings (golden/quirks.md, "SEC and L2 terms").
 */
import { tf } from '@spherelab/tensorflow';
import type { Scalar, Tensor1D } from './tensor-types.ts';

/** `norms` [batch] -> scalar. */
export function normL2(norms: Tensor1D): Scalar {
  return tf.mean<Scalar>(tf.square(norms));
}
