import { tf } from '@spherelab/tensorflow';
import { type AdamRates, momentSteps } from '../src/optimizers/adam.ts';

export type Tensor = InstanceType<typeof tf.Tensor>;
export type AdamMoments = { readonly m: Tensor; readonly v: Tensor };

/**
 * One update of torch's Adam with coupled weight decay, written out; all tensors have the parameter's shape.
 *
 *   g' = g + decay w,  m' = m + (1 - beta1) (g' - m),  v' = v + (1 - beta2) (g'^2 - v)
 *   w' = w - lr m' / (sqrt(v') + epsilon)
 *
 * The caller owns the results.
 */
export function adamUpdate(
  parameter: Tensor,
  gradient: Tensor,
  { m, v }: AdamMoments,
  decay: number,
  { lr, epsilon }: AdamRates,
): AdamMoments & { readonly parameter: Tensor } {
  const [first, second] = momentSteps;
  const decayed = decay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, decay));
  const nextM = tf.add(m, tf.mul(tf.sub(decayed, m), first));
  const nextV = tf.add(v, tf.mul(tf.sub(tf.square(decayed), v), second));
  const next = tf.sub(parameter, tf.mul(tf.div(nextM, tf.add(tf.sqrt(nextV), epsilon)), lr));
  return { parameter: next, m: nextM, v: nextV };
}
