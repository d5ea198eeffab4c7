import { tf } from '@spherelab/tensorflow';
import { detached } from './detached.ts';
import { maskedSum } from './masked-mean.ts';
import type { Tensor1D, Tensor2D } from './tensor-types.ts';

/** Below every exponent that a loss may have, and far from overflow. */
const LOWEST = -1e30;

/**
 * log of the sum of exp over the entries of `mask` along `axis`, with 1 added to the sum where `addOne`:
 * [rows, columns] -> [rows or columns]. Nothing overflows, whatever the exponents. No entry gives 0 with gradient 0, as
 * in pytorch-metric-learning (utils/loss_and_miner_utils.py, logsumexp).
 */
export function logSumExp(exponents: Tensor2D, mask: Tensor2D, axis: 0 | 1, addOne: boolean): Tensor1D {
  const isEmpty = tf.logicalNot(tf.any<Tensor1D>(mask, axis));
  const largest = detached(exponents, (x) => {
    const inside = tf.max<Tensor1D>(tf.where(mask, x, LOWEST), axis);
    return addOne ? tf.maximum<Tensor1D>(inside, 0) : tf.where<Tensor1D>(isEmpty, 0, inside);
  });
  // Replaced before exp, or an overflow outside the mask would come back as NaN through the gradient.
  const shifted = tf.where(mask, tf.sub(exponents, tf.expandDims(largest, axis)), 0);
  const sum = maskedSum<Tensor1D>(tf.exp(shifted), mask, axis);
  const total = addOne ? tf.add<Tensor1D>(sum, tf.exp(tf.neg(largest))) : tf.where<Tensor1D>(isEmpty, 1, sum);
  return tf.add(largest, tf.log(total));
}
