/**
 * The Spherical Embedding Constraint: norms of raw embeddings are pulled to a running mean.
 *
 *   record_0 = mean_0,  record_t = (1 - m) record_{t-1} + m mean_t          mean_t = mean of the batch's norms
 *   L_sec = mean_i (|f_i| - record_t)^2,  record_t constant to the gradient
 *
 * Source: golden/quirks.md, "SEC and L2 terms". Quirks kept: the record is set at step 0 and nowhere else, and moves at
 * every step, before the loss, whatever the weight of the term.
 */
import { tf } from '@spherelab/tensorflow';
import { detached } from './detached.ts';
import type { Scalar, Tensor, Tensor1D } from './tensor-types.ts';

/**
 * The new record: `norms` [batch], `record` and `momentum` scalars. At step 0 momentum is fed as 1, so that the batch
 * mean is taken as it is whatever the (finite) record was. Detached.
 */
export function updateRecord(norms: Tensor1D, record: Tensor, momentum: Tensor): Scalar {
  return detached<Tensor1D, Scalar>(norms, (n) =>
    tf.add(tf.mul(tf.sub(1, momentum), record), tf.mul(momentum, tf.mean(n))),
  );
}

/** `norms` [batch], `record` scalar -> scalar. */
export function sphericalConstraint(norms: Tensor1D, record: Scalar): Scalar {
  return tf.mean<Scalar>(tf.square(tf.sub(norms, record)));
}
