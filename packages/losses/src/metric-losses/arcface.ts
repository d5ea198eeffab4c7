/**
 * ArcFace: additive angular margin (Deng et al. 2019; pytorch-metric-learning 2.8, losses/arcface_loss.py and its base
 * losses/large_margin_softmax_loss.py: the numbers are that code's, the paper was not read).
 *
 *   L = mean over rows of cross-entropy of scale z against the row's own class
 *   z_c = cos a_c,  but z_own = cos(a_own + m)        if a_own <= 180 degrees - m
 *                             = cos a_own - m sin m   beyond, so that it still falls with the angle
 *   a_c = angle of row and proxy c, m = margin (here in degrees)
 *
 * At an own angle of exactly 0 or 180 degrees the library's gradient is infinite; it has no direction, and is 0 here.
 */
import { tf } from '@spherelab/tensorflow';
import { detached } from '../detached.ts';
import { maskedSum } from '../masked-mean.ts';
import type { MetricLossFunction } from '../metric-loss-function.ts';
import { proxyTerms } from '../proxy-terms.ts';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '../tensor-types.ts';

/** acos, with cosines that rounding has put beyond 1 taken as 1: no gradient there. */
function angles(cosines: Tensor1D): Tensor1D {
  const op = tf.customGrad((input, save) => {
    const c = input as Tensor1D;
    (save as (tensors: Tensor[]) => void)([c]);
    return {
      // Not tf.clipByValue: that may turn NaN into a number.
      value: tf.acos(tf.where(tf.greater(tf.abs(c), 1), tf.sign(c), c)),
      gradFunc: (dy, saved) => {
        const c = (saved as Tensor[])[0] as Tensor1D;
        return tf.neg(tf.divNoNan(dy, tf.sqrt(tf.relu(tf.sub(1, tf.square(c))))));
      },
    };
  });
  return op(cosines) as Tensor1D;
}

/** z_own of each row: [batch] -> [batch]; `m` in radians. */
function withMargin(cosines: Tensor1D, m: number): Tensor1D {
  const angle = angles(cosines);
  const isBeyond = detached<Tensor1D, Tensor1D>(angle, (a) => tf.greater(a, Math.PI - m));
  return tf.where(isBeyond, tf.sub(tf.cos(angle), m * Math.sin(m)), tf.cos(tf.add(angle, m)));
}

export const arcfaceLoss: MetricLossFunction<'arcface'> = (input, { margin, scale }) => {
  const { cosines, own } = proxyTerms(input);
  const harder = withMargin(maskedSum<Tensor1D>(cosines, own, 1), (margin * Math.PI) / 180);
  const logits = tf.mul<Tensor2D>(scale, tf.where(own, tf.expandDims(harder, 1), cosines));
  return tf.div(maskedSum<Scalar>(tf.logSoftmax(logits), own), -logits.shape[0]);
};
