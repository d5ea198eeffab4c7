/**
 * Contrastive loss on normalised rows (Hadsell, Chopra and LeCun 2006; pytorch-metric-learning 2.8,
 * losses/contrastive_loss.py, with its LpDistance and AvgNonZeroReducer: the numbers are that code's, the paper was not
 * read).
 *
 *   L = mean over positive pairs of max(0, d_ij - pos_margin) + mean over negative pairs of max(0, neg_margin - d_ij)
 *   d_ij = |x_i - x_j| of normalised rows, not squared; each mean is over its terms above 0, and 0 if there is none
 *
 * Quirks kept: pairs without loss do not count, so a mean does not fall as pairs are solved; identical rows have distance
 * 0 with gradient 0.
 */
import { tf } from '@spherelab/tensorflow';
import { detached } from '../detached.ts';
import { hinge } from '../hinge.ts';
import { meanOfPositive } from '../mean-of-positive.ts';
import type { MetricLossFunction } from '../metric-loss-function.ts';
import { squaredDistances } from '../squared-distances.ts';
import type { Tensor2D } from '../tensor-types.ts';

/** Squared distances of float32 rows are off by some 1e-7, so rows nearer than 1e-3 cannot be told from identical ones. */
const SMALLEST_SQUARE = 1e-6;

/** [batch, batch]; the square root is not taken at 0, where its gradient is infinite. */
function distances(unit: Tensor2D, cosines: Tensor2D): Tensor2D {
  const squares = squaredDistances(unit, cosines);
  const isSame = detached<Tensor2D, Tensor2D>(squares, (d) => tf.less(d, SMALLEST_SQUARE));
  return tf.where(isSame, 0, tf.sqrt(tf.where(isSame, 1, squares)));
}

export const contrastiveLoss: MetricLossFunction<'contrastive'> = (
  { unit, cosines, masks },
  { pos_margin, neg_margin },
) => {
  const d = distances(unit, cosines);
  return tf.add(
    meanOfPositive(hinge(tf.sub(d, pos_margin)), masks.positive),
    meanOfPositive(hinge(tf.sub(neg_margin, d)), masks.negative),
  );
};
