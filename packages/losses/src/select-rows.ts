import { nativeBackend, tf } from '@spherelab/tensorflow';
import { maskedSum } from './masked-mean.ts';
import type { Tensor, Tensor1D, Tensor2D } from './tensor-types.ts';

/** TensorFlow's op itself: tfjs-node's own kernel first reads the indices back, which a traced step cannot do. */
function gather(rows: Tensor, indices: Tensor): Tensor {
  const backend = nativeBackend();
  const { TF_ATTR_TYPE, TF_ATTR_INT, TF_FLOAT, TF_INT32 } = backend.binding;
  const attributes = [
    { name: 'Tparams', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'Tindices', type: TF_ATTR_TYPE, value: TF_INT32 },
    { name: 'Taxis', type: TF_ATTR_TYPE, value: TF_INT32 },
    { name: 'batch_dims', type: TF_ATTR_INT, value: 0 },
  ];
  return tf.tidy(() => backend.executeSingleOutput('GatherV2', attributes, [rows, indices, tf.scalar(0, 'int32')]));
}

/**
 * Rows by their indices: `rows` [batch, dim], `indices` [count] int32 -> [count, dim]. The gradient sums over a mask and
 * is no scatter, whose order of additions differs from run to run on a GPU.
 */
export function selectRows(rows: Tensor2D, indices: Tensor1D): Tensor2D {
  const select = tf.customGrad((input, save) => {
    (save as (tensors: Tensor[]) => void)([indices]);
    return {
      value: gather(input as Tensor, indices),
      gradFunc: (dy, saved) => {
        const [chosen] = saved as [Tensor1D];
        const mask = tf.cast(tf.oneHot(chosen, rows.shape[0]), 'bool'); // [count, batch]
        return maskedSum(tf.expandDims(dy, 1), tf.expandDims(mask, 2), 0);
      },
    };
  });
  return select(rows) as Tensor2D;
}
