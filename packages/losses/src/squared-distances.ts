import { tf } from '@spherelab/tensorflow';
import { detached } from './detached.ts';
import type { Tensor2D } from './tensor-types.ts';

const SMALLEST = 1e-12;

/**
 * Squared Euclidean distances d_ij = |x_i|^2 + |x_j|^2 - 2 x_i.x_j, clamped to >= 1e-12 with gradient 0 where clamped.
 * `unit` [batch, dim] normalised rows, `cosines` [batch, batch] their inner products -> [batch, batch].
 */
export function squaredDistances(unit: Tensor2D, cosines: Tensor2D): Tensor2D {
  const squares = tf.sum(tf.square(unit), 1, true); // [batch, 1]
  const distances = tf.sub<Tensor2D>(tf.add(squares, tf.transpose(squares)), tf.mul(2, cosines));
  // Not tf.maximum: that may turn NaN into 1e-12, and the reference's clamp keeps NaN.
  return tf.where(
    detached(distances, (d) => tf.less(d, SMALLEST)),
    SMALLEST,
    distances,
  );
}
