/**
 * Multi-similarity loss (reference: loss.py:169-172, 185 and the class around them).
 *
 *   P_i = {s_ij < 1 - 1e-5, y_j = y_i},  N_i = {s_ij, y_j != y_i},  s = cosine
 *   mined: N'_i = {s in N_i: s + margin > min P_i},  P'_i = {s in P_i: s - margin < max N_i}
 *   L = 1/batch sum_i [ 1/alpha log(1 + sum_P' exp(-alpha (s - base))) + 1/beta log(1 + sum_N' exp(beta (s - base))) ]
 *
 * Quirks kept: an anchor with an empty set, before or after mining, is skipped but counts in the divisor; near
 * duplicates (s >= 1 - 1e-5) are no positives; avg_ap and avg_an are sums of the anchors' means over unmined sets,
 * divided by the batch; every anchor skipped gives 0, with zero gradient and zero averages.
 */
import { tf } from '@spherelab/tensorflow';
import { detached } from '../detached.ts';
import { maskedSum } from '../masked-mean.ts';
import type { MetricLossFunction, PairAverages } from '../metric-loss-function.ts';
import type { PairMasks } from '../pair-masks.ts';
import type { Scalar, Tensor1D, Tensor2D } from '../tensor-types.ts';

const EPSILON = 1e-5;

/** P and N of each anchor as masks [batch, batch] bool. */
type PairSets = { readonly positive: Tensor2D; readonly negative: Tensor2D };

/** The sets of anchors that have both; the others' rows are emptied. */
function withoutSkipped({ positive, negative }: PairSets): PairSets {
  const kept = tf.logicalAnd(tf.any(positive, 1, true), tf.any(negative, 1, true)); // [batch, 1]
  return { positive: tf.logicalAnd(positive, kept), negative: tf.logicalAnd(negative, kept) };
}

function unminedSets(cosines: Tensor2D, { same, negative }: PairMasks): PairSets {
  return withoutSkipped({ positive: tf.logicalAnd(same, tf.less(cosines, 1 - EPSILON)), negative });
}

function minedSets(cosines: Tensor2D, masks: PairMasks, margin: number): PairSets {
  const { positive, negative } = unminedSets(cosines, masks);
  const hardestNegative = tf.max(tf.where(negative, cosines, -2), 1, true); // [batch, 1]
  const hardestPositive = tf.min(tf.where(positive, cosines, 2), 1, true);
  // A NaN among the negatives makes torch's maximum NaN, so that no positive stays; TensorFlow's may pass it over.
  const nanIfAny = tf.mul(0, maskedSum<Tensor1D>(cosines, negative, 1)); // [batch]
  const limit = tf.add(hardestNegative, tf.expandDims(nanIfAny, 1));
  return withoutSkipped({
    positive: tf.logicalAnd(positive, tf.less(tf.sub(cosines, margin), limit)),
    negative: tf.logicalAnd(negative, tf.greater(tf.add(cosines, margin), hardestPositive)),
  });
}

/** log(1 + sum over the set of exp(slope (s - base))) for each anchor: [batch]. */
function softSum(cosines: Tensor2D, set: Tensor2D, slope: number, base: number): Tensor1D {
  // Replaced before exp, or an overflow outside the set would come back as NaN through the gradient.
  const exponents = tf.where(set, tf.mul(slope, tf.sub(cosines, base)), 0);
  return tf.log(tf.add(1, maskedSum<Tensor1D>(tf.exp(exponents), set, 1)));
}

/** With averages of its own: over P and N before mining. */
export const multiSimilarityLoss: MetricLossFunction<'ms'> = ({ cosines, masks }, { alpha, beta, base, margin }) => {
  const positive = detached(cosines, (s) => minedSets(s, masks, margin).positive);
  const negative = detached(cosines, (s) => minedSets(s, masks, margin).negative);
  const terms = tf.add(
    tf.div(softSum(cosines, positive, -alpha, base), alpha),
    tf.div(softSum(cosines, negative, beta, base), beta),
  ); // [batch], 0 for a skipped anchor
  return { loss: tf.mean<Scalar>(terms), averages: multiSimilarityAverages(cosines, masks) };
};

/** Sum over anchors of the mean of their set, divided by the batch; an empty set adds 0. */
function meanOfMeans(cosines: Tensor2D, set: Tensor2D): Scalar {
  const sizes = tf.sum(tf.cast(set, 'float32'), 1);
  return tf.mean<Scalar>(tf.divNoNan(maskedSum(cosines, set, 1), sizes));
}

function multiSimilarityAverages(cosines: Tensor2D, masks: PairMasks): PairAverages {
  const { positive, negative } = unminedSets(cosines, masks);
  return { avgAp: meanOfMeans(cosines, positive), avgAn: meanOfMeans(cosines, negative) };
}
