/**
 * N-pair loss on normalised rows (reference: loss.py:134-136 and the class around it).
 *
 *   L = mean over classes i of -log softmax_j(scale^2 cos(a_i, p_j))[i]
 *   a_i, p_i = first and second row of class i in the batch, classes in ascending order of the labels
 *
 * Quirks kept: further rows of a class are ignored; one direction only (anchors against positives).
 */
import { tf } from '@spherelab/tensorflow';
import { maskedSum } from '../masked-mean.ts';
import type { MetricLossFunction } from '../metric-loss-function.ts';
import { selectRows } from '../select-rows.ts';
import type { Scalar, Tensor2D } from '../tensor-types.ts';

export const nPairLoss: MetricLossFunction<'n-npair'> = ({ unit, layout: { firsts, seconds } }, { scale }) => {
  const scaled = tf.mul<Tensor2D>(unit, scale);
  const logits = tf.matMul(selectRows(scaled, firsts), selectRows(scaled, seconds), false, true); // [classes, classes]
  const classes = logits.shape[0];
  const ownPositive = tf.cast(tf.eye(classes), 'bool');
  return tf.div(maskedSum<Scalar>(tf.logSoftmax(logits), ownPositive), -classes);
};
