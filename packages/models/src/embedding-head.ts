import { tf } from '@spherelab/tensorflow';
import type { ForwardResult, StateMap, Tensor2D, Tensor4D, TensorSpec } from './network.ts';
import { stateTensor } from './state-tensor.ts';

/** torch's BatchNorm2d defaults. */
const BN_EPSILON = 1e-5;
const BN_MOMENTUM = 0.1;

export type EmbeddingHeadOptions = {
  readonly channels: number;
  readonly embeddingDim: number;
  /** Whether a BatchNorm stands between the pooling and the linear layer. */
  readonly needBn: boolean;
};

/** Tensors of the head in torch's order; the linear layer starts as torch's default, U(+-1/sqrt(channels)). */
export function embeddingHeadSpecs({ channels, embeddingDim, needBn }: EmbeddingHeadOptions): TensorSpec[] {
  const bound = 1 / Math.sqrt(channels);
  const linear: TensorSpec[] = [
    {
      name: 'head.fc.weight',
      shape: [embeddingDim, channels],
      role: 'parameter',
      group: 'head',
      init: { uniform: bound },
    },
    { name: 'head.fc.bias', shape: [embeddingDim], role: 'parameter', group: 'head', init: { uniform: bound } },
  ];
  if (!needBn) return linear;
  return [
    { name: 'head.bn.weight', shape: [channels], role: 'parameter', group: 'head-bn', init: 'ones' },
    { name: 'head.bn.bias', shape: [channels], role: 'parameter', group: 'head-bn', init: 'zeros' },
    { name: 'head.bn.running_mean', shape: [channels], role: 'running-statistic', group: 'head-bn', init: 'zeros' },
    { name: 'head.bn.running_var', shape: [channels], role: 'running-statistic', group: 'head-bn', init: 'ones' },
    ...linear,
  ];
}

type Normalised = { readonly features: Tensor2D; readonly runningStatistics: StateMap };

/**
 * BatchNorm over [batch, channels]. In training the batch's mean and population variance normalise, and the running
 * statistics move by 0.1 towards the mean and the unbiased variance, as torch does.
 */
function batchNorm(state: StateMap, pooled: Tensor2D, training: boolean): Normalised {
  const runningMean = stateTensor(state, 'head.bn.running_mean');
  const runningVar = stateTensor(state, 'head.bn.running_var');
  const scale = stateTensor(state, 'head.bn.weight');
  const shift = stateTensor(state, 'head.bn.bias');
  const mean = training ? tf.mean(pooled, 0) : runningMean;
  const centred = tf.sub(pooled, mean);
  const variance = training ? tf.mean(tf.square(centred), 0) : runningVar;
  const features = tf.add(tf.mul(tf.div(centred, tf.sqrt(tf.add(variance, BN_EPSILON))), scale), shift) as Tensor2D;
  if (!training) return { features, runningStatistics: new Map() };
  const batch = pooled.shape[0];
  const unbiased = tf.mul(variance, batch / (batch - 1));
  return {
    features,
    runningStatistics: new Map([
      ['head.bn.running_mean', tf.add(tf.mul(runningMean, 1 - BN_MOMENTUM), tf.mul(mean, BN_MOMENTUM))],
      ['head.bn.running_var', tf.add(tf.mul(runningVar, 1 - BN_MOMENTUM), tf.mul(unbiased, BN_MOMENTUM))],
    ]),
  };
}

/**
 * The reference's head: global average pool, BatchNorm (if `needBn`), linear layer with bias.
 * `features` [batch, height, width, channels] -> embeddings [batch, embeddingDim].
 */
export function embeddingHead(state: StateMap, features: Tensor4D, training: boolean, needBn: boolean): ForwardResult {
  const pooled = tf.mean(features, [1, 2]) as Tensor2D;
  const normalised = needBn
    ? batchNorm(state, pooled, training)
    : { features: pooled, runningStatistics: new Map<never, never>() };
  const weight = stateTensor(state, 'head.fc.weight') as Tensor2D;
  const linear = tf.matMul(normalised.features, weight, false, true);
  return {
    embeddings: tf.add(linear, stateTensor(state, 'head.fc.bias')),
    runningStatistics: normalised.runningStatistics,
  };
}
