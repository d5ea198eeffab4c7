import { tf } from '@spherelab/tensorflow';
import type { StateMap, Tensor, TensorSpec } from './network.ts';
import { stateTensor } from './state-tensor.ts';

/** How a batch norm computes. */
export type BatchNormRule = {
  /** Added to the variance. */
  readonly epsilon: number;
  /** How far the running statistics move towards the batch's, as torch counts. */
  readonly momentum: number;
};

export const torchBatchNorm: BatchNormRule = { epsilon: 1e-5, momentum: 0.1 };

/** weight, bias, running_mean and running_var of the batch norm `name`, in torch's order. */
export function batchNormSpecs(name: string, channels: number, group: TensorSpec['group']): TensorSpec[] {
  const spec = (part: string, role: TensorSpec['role'], init: 'zeros' | 'ones'): TensorSpec => ({
    name: `${name}.${part}`,
    shape: [channels],
    role,
    group,
    init,
  });
  return [
    spec('weight', 'parameter', 'ones'),
    spec('bias', 'parameter', 'zeros'),
    spec('running_mean', 'running-statistic', 'zeros'),
    spec('running_var', 'running-statistic', 'ones'),
  ];
}

/** A batch norm on its running statistics is the map x -> scale x + shift for each channel; both [channels]. */
export function frozenBatchNorm(
  state: StateMap,
  name: string,
  { epsilon }: BatchNormRule,
): { readonly scale: Tensor; readonly shift: Tensor } {
  const part = (key: string): Tensor => stateTensor(state, `${name}.${key}`);
  const scale = tf.div(part('weight'), tf.sqrt(tf.add(part('running_var'), epsilon)));
  return { scale, shift: tf.sub(part('bias'), tf.mul(part('running_mean'), scale)) };
}

export type Normalised = { readonly output: Tensor; readonly runningStatistics: StateMap };

/**
 * Batch norm on the batch's statistics over all axes but the last. The running statistics move by `momentum` towards the
 * mean and the unbiased variance, as torch's do. [..., channels] -> the same shape.
 */
export function trainingBatchNorm(
  state: StateMap,
  name: string,
  input: Tensor,
  { epsilon, momentum }: BatchNormRule,
): Normalised {
  const part = (key: string): Tensor => stateTensor(state, `${name}.${key}`);
  const axes = input.shape.slice(0, -1).map((_, axis) => axis);
  const count = input.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const mean = tf.mean(input, axes);
  const centred = tf.sub(input, mean);
  const variance = tf.mean(tf.square(centred), axes);
  const unit = tf.div(centred, tf.sqrt(tf.add(variance, epsilon)));
  const moved = (key: string, towards: Tensor): [string, Tensor] => [
    `${name}.${key}`,
    tf.add(tf.mul(part(key), 1 - momentum), tf.mul(towards, momentum)),
  ];
  return {
    output: tf.add(tf.mul(unit, part('weight')), part('bias')),
    runningStatistics: new Map([
      moved('running_mean', mean),
      moved('running_var', tf.mul(variance, count / (count - 1))),
    ]),
  };
}
