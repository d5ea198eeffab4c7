import { tf } from '@spherelab/tensorflow';
import { maskedSum } from './masked-mean.ts';
import type { Tensor2D, Tensor3D } from './tensor-types.ts';

/**
 * One entry of its row for each place: `matrix` [batch, batch], `chosen` [batch, width, batch] bool with at most one
 * true in the last axis -> [batch, width] (0 where none). A sum over a mask and not a gather, because the gradient of a
 * gather is a scatter whose order of additions differs from run to run on a GPU.
 */
export function selectEntries(matrix: Tensor2D, chosen: Tensor3D): Tensor2D {
  return maskedSum<Tensor2D>(tf.expandDims(matrix, 1), chosen, 2);
}

/** Indices [batch, width] int32 -> mask [batch, width, batch] bool; -1 selects nothing. */
export function chosenEntries(indices: Tensor2D): Tensor3D {
  return tf.cast(tf.oneHot(indices, indices.shape[0]), 'bool') as Tensor3D;
}
