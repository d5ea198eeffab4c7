import type { StateMap, TensorSpec } from '@spherelab/models';
import { tf } from '@spherelab/tensorflow';

type Tensor = InstanceType<typeof tf.Tensor>;
type Tensor2D = ReturnType<typeof tf.tensor2d>;

/** A spec as tests need it: values come from golden data, so how it starts does not matter. */
export function spec(
  name: string,
  shape: readonly number[],
  group: TensorSpec['group'],
  role: TensorSpec['role'] = 'parameter',
): TensorSpec {
  return { name, shape, group, role, init: 'zeros' };
}

/** x W^T + b, with W [out, in] as torch keeps it. */
export function linear(state: StateMap, name: string, input: Tensor): Tensor2D {
  const weight = state.get(`${name}.weight`) as Tensor2D;
  return tf.add(tf.matMul(input as Tensor2D, weight, false, true), state.get(`${name}.bias`) as Tensor);
}

/** torch's BatchNorm1d (eps 1e-5, momentum 0.1) and, on batch statistics, its new running statistics. */
export function batchNorm(
  state: StateMap,
  name: string,
  input: Tensor,
  onBatch: boolean,
): { output: Tensor; changed: [string, Tensor][] } {
  const part = (key: string) => state.get(`${name}.${key}`) as Tensor;
  const count = input.shape[0] as number;
  const mean = onBatch ? tf.mean(input, 0) : part('running_mean');
  const variance = onBatch ? tf.mean(tf.square(tf.sub(input, mean)), 0) : part('running_var');
  const unit = tf.div(tf.sub(input, mean), tf.sqrt(tf.add(variance, 1e-5)));
  const output = tf.add(tf.mul(unit, part('weight')), part('bias'));
  if (!onBatch) return { output, changed: [] };
  const towards = (key: string, value: Tensor): [string, Tensor] => [
    `${name}.${key}`,
    tf.add(tf.mul(part(key), 0.9), tf.mul(value, 0.1)),
  ];
  return {
    output,
    changed: [towards('running_mean', mean), towards('running_var', tf.mul(variance, count / (count - 1)))],
  };
}
