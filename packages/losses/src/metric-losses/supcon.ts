/**
 * Supervised contrastive loss (Khosla et al. 2020; pytorch-metric-learning 2.8, losses/supcon_loss.py, with its
 * AvgNonZeroReducer: the numbers are that code's, the paper was not read).
 *
 *   L_i = -1/|P_i| sum over p in P_i of log( exp(s_ip / temperature) / sum over k != i of exp(s_ik / temperature) )
 *   s = cosine, P_i = other rows of the class; L = mean over the rows whose L_i is above 0
 *
 * With two rows of each class it is NT-Xent with both rows as anchors. Quirks kept: a batch without a positive or without
 * a negative pair gives 0; a row without a positive, or solved to the last bit, does not count in the mean.
 */
import { tf } from '@spherelab/tensorflow';
import { logSumExp } from '../log-sum-exp.ts';
import { maskedSum } from '../masked-mean.ts';
import { meanOfPositive } from '../mean-of-positive.ts';
import type { MetricLossFunction } from '../metric-loss-function.ts';
import type { Tensor1D, Tensor2D } from '../tensor-types.ts';

export const supconLoss: MetricLossFunction<'supcon'> = ({ cosines, masks }, { temperature }) => {
  const { positive, negative } = masks;
  const logits = tf.div<Tensor2D>(cosines, temperature);
  const all = logSumExp(logits, tf.logicalOr(positive, negative), 1, false); // [batch]
  const logProbabilities = tf.sub(logits, tf.expandDims(all, 1));
  const counts = tf.sum(tf.cast(positive, 'float32'), 1); // [batch]
  const terms = tf.div<Tensor1D>(maskedSum(logProbabilities, positive, 1), tf.neg(tf.maximum(1, counts)));
  return meanOfPositive(terms, tf.logicalAnd(tf.greater(counts, 0), tf.any(negative)));
};
