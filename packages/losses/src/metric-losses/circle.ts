/**
 * Circle loss with class labels (Sun et al. 2020; pytorch-metric-learning 2.8, losses/circle_loss.py, with its
 * AvgNonZeroReducer: the numbers are that code's, the paper was not read).
 *
 *   L_i = softplus( LSE over positives p of -scale a_p (s_ip - (1 - m)) + LSE over negatives n of scale a_n (s_in - m) )
 *   a_p = max(0, 1 + m - s_ip),  a_n = max(0, s_in + m), constant to the gradient;  s = cosine, m = margin
 *   L = mean over the rows whose L_i is above 0
 *
 * Quirks kept: a row without a positive or without a negative pair does not count in the mean, nor one whose loss is
 * too small for the precision (below some 1e-38).
 */
import { tf } from '@spherelab/tensorflow';
import { detached } from '../detached.ts';
import { logSumExp } from '../log-sum-exp.ts';
import { meanOfPositive } from '../mean-of-positive.ts';
import type { MetricLossFunction } from '../metric-loss-function.ts';
import type { Tensor1D, Tensor2D } from '../tensor-types.ts';

export const circleLoss: MetricLossFunction<'circle'> = ({ cosines, masks }, { margin, scale }) => {
  const { positive, negative } = masks;
  const positiveWeight = detached<Tensor2D, Tensor2D>(cosines, (s) => tf.relu(tf.sub(1 + margin, s)));
  const negativeWeight = detached<Tensor2D, Tensor2D>(cosines, (s) => tf.relu(tf.add(s, margin)));
  const positives = tf.mul<Tensor2D>(tf.mul(-scale, positiveWeight), tf.sub(cosines, 1 - margin));
  const negatives = tf.mul<Tensor2D>(tf.mul(scale, negativeWeight), tf.sub(cosines, margin));
  const exponents = tf.add<Tensor1D>(
    logSumExp(positives, positive, 1, false),
    logSumExp(negatives, negative, 1, false),
  );
  const hasBoth = tf.logicalAnd(tf.any(positive, 1), tf.any(negative, 1)); // [batch]
  return meanOfPositive(tf.softplus(exponents), hasBoth);
};
