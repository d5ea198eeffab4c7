/**
 * Triplet loss over all triplets of the batch (reference: loss.py:9 and the class around it).
 *
 *   L = mean over (a, p, n) of max(0, margin + d_ap - d_an),   y_a = y_p, a != p, y_n != y_a
 *   d_ij = |x_i - x_j|^2 of normalised rows
 *
 * Quirk kept: the mean counts inactive triplets too.
 */
import { tf } from '@spherelab/tensorflow';
import { hinge } from '../hinge.ts';
import { maskedSum } from '../masked-mean.ts';
import type { MetricLossFunction } from '../metric-loss-function.ts';
import { chosenEntries, selectEntries } from '../select-entries.ts';
import { squaredDistances } from '../squared-distances.ts';
import type { Scalar } from '../tensor-types.ts';

/** The layout is that of `batchLayout` for this loss: no padding. */
export const tripletLoss: MetricLossFunction<'triplet'> = ({ unit, cosines, masks, layout }, { margin }) => {
  const { positives } = layout;
  const distances = squaredDistances(unit, cosines);
  const [batch, width] = positives.shape;
  const positiveDistances = selectEntries(distances, chosenEntries(positives)); // [batch, width]
  const terms = hinge(
    tf.add(margin, tf.sub(tf.expandDims(positiveDistances, 2), tf.expandDims(distances, 1))), // [batch, width, batch]
  );
  const triplets = batch * width * (batch - width - 1);
  return tf.div(maskedSum<Scalar>(terms, tf.expandDims(masks.negative, 1)), triplets);
};
