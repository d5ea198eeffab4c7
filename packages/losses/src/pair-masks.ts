import { tf } from '@spherelab/tensorflow';
import type { Tensor1D, Tensor2D } from './tensor-types.ts';

export type PairMasks = {
  /** [batch, batch] bool, same class, the row itself included. */
  readonly same: Tensor2D;
  /** [batch, batch] bool, same class without the row itself. */
  readonly positive: Tensor2D;
  /** [batch, batch] bool, another class. */
  readonly negative: Tensor2D;
};

/** Which pairs of rows are positive or negative: `classes` [batch] int32. */
export function pairMasks(classes: Tensor1D): PairMasks {
  const same = tf.equal<Tensor2D>(tf.expandDims(classes, 1), tf.expandDims(classes, 0));
  const negative = tf.logicalNot(same);
  const self = tf.cast(tf.eye(classes.shape[0]), 'bool');
  return { same, positive: tf.logicalAnd(same, tf.logicalNot(self)), negative };
}
