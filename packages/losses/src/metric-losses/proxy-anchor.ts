/**
 * Proxy anchor loss (Kim et al. 2020; pytorch-metric-learning 2.8, losses/proxy_anchor_loss.py, with its
 * DivisorReducer: the numbers are that code's, the paper was not read).
 *
 *   L = 1/|C+| sum over classes c of log(1 + sum over rows x of c of exp(-alpha (s_xc - margin)))
 *     + 1/|C|  sum over classes c of log(1 + sum over other rows x of exp(alpha (s_xc + margin)))
 *   s_xc = cosine of row x and proxy c; C = training classes, C+ = those in the batch
 */
import { tf } from '@spherelab/tensorflow';
import { logSumExp } from '../log-sum-exp.ts';
import type { MetricLossFunction } from '../metric-loss-function.ts';
import { proxyTerms } from '../proxy-terms.ts';
import type { Scalar, Tensor2D } from '../tensor-types.ts';

export const proxyAnchorLoss: MetricLossFunction<'proxy_anchor'> = (input, { margin, alpha }) => {
  const { cosines, own } = proxyTerms(input);
  const attraction = logSumExp(tf.mul<Tensor2D>(-alpha, tf.sub(cosines, margin)), own, 0, true); // [classes]
  const repulsion = logSumExp(tf.mul<Tensor2D>(alpha, tf.add(cosines, margin)), tf.logicalNot(own), 0, true);
  const present = tf.sum(tf.cast(tf.any(own, 0), 'float32'));
  return tf.add(tf.div(tf.sum<Scalar>(attraction), present), tf.mean<Scalar>(repulsion));
};
