import { tf } from '@spherelab/tensorflow';
import type { Tensor, Tensor1D, Tensor2D } from './tensor-types.ts';

type Save = (tensors: Tensor[]) => void;

function lengths(rows: Tensor2D): Tensor2D {
  return tf.sqrt(tf.sum(tf.square(rows), 1, true)); // [batch, 1]
}

/**
 * L2 norms of rows: [batch, dim] -> [batch]. The gradient of a zero row is 0, as torch defines it, where the plain
 * square root would give 0 x infinity.
 */
export function rowNorms(rows: Tensor2D): Tensor1D {
  const op = tf.customGrad((input, save) => {
    const x = input as Tensor2D;
    const norms = lengths(x);
    (save as Save)([x, norms]);
    return {
      value: tf.squeeze(norms, [1]),
      gradFunc: (dy, saved) => {
        const [x, norms] = saved as [Tensor2D, Tensor2D];
        return tf.mul(tf.divNoNan(tf.expandDims(dy, 1), norms), x);
      },
    };
  });
  return op(rows) as Tensor1D;
}

/**
 * Rows divided by their L2 norm: [batch, dim] -> [batch, dim]. The reference adds no epsilon, so a zero row becomes NaN,
 * and so does its gradient.
 */
export function normaliseRows(rows: Tensor2D): Tensor2D {
  const op = tf.customGrad((input, save) => {
    const x = input as Tensor2D;
    const norms = lengths(x);
    const unit = tf.div<Tensor2D>(x, norms);
    (save as Save)([unit, norms]);
    return {
      value: unit,
      // d(x / |x|) = (dy - unit <unit, dy>) / |x|
      gradFunc: (dy, saved) => {
        const [unit, norms] = saved as [Tensor2D, Tensor2D];
        return tf.div(tf.sub(dy, tf.mul(unit, tf.sum(tf.mul(unit, dy), 1, true))), norms);
      },
    };
  });
  return op(rows) as Tensor2D;
}
