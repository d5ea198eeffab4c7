import { tf } from '@spherelab/tensorflow';
import { batchNormSpecs, frozenBatchNorm, torchBatchNorm, trainingBatchNorm } from './batch-norm.ts';
import type { ForwardResult, StateMap, Tensor, Tensor2D, Tensor4D, TensorSpec } from './network.ts';
import { stateTensor } from './state-tensor.ts';

export type EmbeddingHeadOptions = {
  readonly channels: number;
  readonly embeddingDim: number;
  /** Whether a BatchNorm stands between the pooling and the linear layer. */
  readonly needBn: boolean;
};

/** Tensors of the head in torch's order; the linear layer starts as torch's default, U(+-1/sqrt(channels)). */
export function embeddingHeadSpecs({ channels, embeddingDim, needBn }: EmbeddingHeadOptions): TensorSpec[] {
  const init = { uniform: 1 / Math.sqrt(channels) };
  const linear = (part: string, shape: readonly number[]): TensorSpec => ({
    name: `head.fc.${part}`,
    shape,
    role: 'parameter',
    group: 'head',
    init,
  });
  return [
    ...(needBn ? batchNormSpecs('head.bn', channels, 'head-bn') : []),
    linear('weight', [embeddingDim, channels]),
    linear('bias', [embeddingDim]),
  ];
}

function normalise(
  state: StateMap,
  pooled: Tensor,
  training: boolean,
): { output: Tensor; runningStatistics: StateMap } {
  if (training) return trainingBatchNorm(state, 'head.bn', pooled, torchBatchNorm);
  const { scale, shift } = frozenBatchNorm(state, 'head.bn', torchBatchNorm);
  return { output: tf.add(tf.mul(pooled, scale), shift), runningStatistics: new Map() };
}

/** Global average pool: [batch, height, width, channels] -> [batch, channels]. */
export function pooledFeatures(features: Tensor4D): Tensor2D {
  return tf.mean(features, [1, 2]);
}

/**
 * The reference's head behind its average pool: BatchNorm (if `needBn`), linear layer with bias.
 * `pooled` [batch, channels] -> embeddings [batch, embeddingDim].
 */
export function embeddingHead(state: StateMap, pooled: Tensor2D, training: boolean, needBn: boolean): ForwardResult {
  const { output, runningStatistics } = needBn
    ? normalise(state, pooled, training)
    : { output: pooled, runningStatistics: new Map<never, never>() };
  const weight = stateTensor(state, 'head.fc.weight') as Tensor2D;
  const linear = tf.matMul(output as Tensor2D, weight, false, true);
  return { embeddings: tf.add(linear, stateTensor(state, 'head.fc.bias')), pooled, runningStatistics };
}
