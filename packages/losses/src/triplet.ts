/**
 * Triplet loss over all triplets of the batch (reference: loss.py:9 and the class around it).
 *
 *   L = mean over (a, p, n) of max(0, margin + d_ap - d_an),   y_a = y_p, a != p, y_n != y_a
 *   d_ij = |x_i - x_j|^2 of normalised rows
 *
 * Quirk kept: the mean counts inactive triplets too.
 */
import { tf } from '@spherelab/tensorflow';
import type { LayoutTensors } from './batch-layout.ts';
import { hinge } from './hinge.ts';
import type { TripletSettings } from './loss-settings.ts';
import { maskedSum } from './masked-mean.ts';
import type { PairMasks } from './pair-masks.ts';
import { chosenEntries, selectEntries } from './select-entries.ts';
import type { Scalar, Tensor2D } from './tensor-types.ts';

/** `distances` [batch, batch] -> scalar. The layout is that of `batchLayout` for this loss: no padding. */
export function tripletLoss(
  distances: Tensor2D,
  { negative }: PairMasks,
  { positives }: LayoutTensors,
  { margin }: TripletSettings,
): Scalar {
  const [batch, width] = positives.shape;
  const positiveDistances = selectEntries(distances, chosenEntries(positives)); // [batch, width]
  const terms = hinge(
    tf.add(margin, tf.sub(tf.expandDims(positiveDistances, 2), tf.expandDims(distances, 1))), // [batch, width, batch]
  );
  const triplets = batch * width * (batch - width - 1);
  return tf.div(maskedSum<Scalar>(terms, tf.expandDims(negative, 1)), triplets);
}
