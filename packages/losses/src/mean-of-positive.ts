import { tf } from '@spherelab/tensorflow';
import { detached } from './detached.ts';
import { maskedSum } from './masked-mean.ts';
import type { Scalar, Tensor } from './tensor-types.ts';

/** Entries of `mask` above 0. NaN counts as one, or a batch gone wrong would look as if nothing were left to learn. */
function positiveEntries(terms: Tensor, mask: Tensor): Tensor {
  return tf.logicalAnd(mask, tf.logicalNot(tf.lessEqual(terms, 0)));
}

/**
 * Mean of the entries of `mask` that are above 0; no such entry gives 0 with gradient 0. This is how
 * pytorch-metric-learning reduces pairs and anchors (reducers/avg_non_zero_reducer.py), but for NaN, which it leaves out.
 */
export function meanOfPositive(terms: Tensor, mask: Tensor): Scalar {
  const counted = detached(terms, (t) => positiveEntries(t, mask));
  const count = detached(terms, (t) => tf.maximum(1, tf.sum(tf.cast(positiveEntries(t, mask), 'float32'))));
  return tf.div(maskedSum<Scalar>(terms, counted), count);
}
