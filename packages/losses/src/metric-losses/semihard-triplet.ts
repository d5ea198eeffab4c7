/**
 * Triplet loss with semi-hard negatives (reference: loss.py:52 and the class around it).
 *
 *   L = (1 / number of pairs) sum over ordered (a, p) of max(0, margin + d_ap - d_an(a, p))
 *   n(a, p) = the nearest negative with d_an > d_ap; if there is none, the farthest negative
 *
 * Quirks kept: pairs without loss count in the divisor; no positive pair at all gives 0/0 = NaN; with one class only,
 * the negative distance becomes the minimum of the row, about 0.
 */
import { tf } from '@spherelab/tensorflow';
import { detached } from '../detached.ts';
import { hinge } from '../hinge.ts';
import { maskedMean } from '../masked-mean.ts';
import type { MetricLossFunction } from '../metric-loss-function.ts';
import { chosenEntries, selectEntries } from '../select-entries.ts';
import { squaredDistances } from '../squared-distances.ts';
import type { Tensor1D, Tensor2D, Tensor3D } from '../tensor-types.ts';

/** Beyond every squared distance of normalised rows, which are at most 4. */
const FAR = 1e6;

/** The mined negative of each (row, positive), one even among ties: [batch, batch] -> mask [batch, width, batch]. */
function minedNegatives(distances: Tensor2D, positive: Tensor3D, negative: Tensor2D): Tensor3D {
  const pairDistances = selectEntries(distances, positive); // [batch, width]
  const outside = tf.logicalAnd(
    tf.expandDims(negative, 1),
    tf.greater(tf.expandDims(distances, 1), tf.expandDims(pairDistances, 2)),
  ); // [batch, width, batch]
  const nearestOutside = tf.argMin<Tensor2D>(tf.where(outside, tf.expandDims(distances, 1), FAR), 2);
  const farthest = tf.argMax<Tensor1D>(tf.where(negative, distances, -FAR), 1);
  const nearest = tf.argMin<Tensor1D>(distances, 1);
  const fallback = tf.where(tf.any(negative, 1), farthest, nearest); // [batch]
  return chosenEntries(tf.where(tf.any(outside, 2), nearestOutside, tf.expandDims(fallback, 1)));
}

/** Takes classes of any size. */
export const semihardTripletLoss: MetricLossFunction<'semihtriplet'> = (
  { unit, cosines, masks: { negative }, layout: { positives } },
  { margin },
) => {
  const distances = squaredDistances(unit, cosines);
  const positive = chosenEntries(positives);
  const mined = detached(distances, (d) => minedNegatives(d, positive, negative));
  const terms = hinge(tf.add(margin, tf.sub(selectEntries(distances, positive), selectEntries(distances, mined))));
  return maskedMean(terms, tf.greaterEqual(positives, tf.scalar(0, 'int32')));
};
