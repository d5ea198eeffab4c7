import { tf } from '@spherelab/tensorflow';

export type Tensor = InstanceType<typeof tf.Tensor>;

/** The library's defaults, which the reference leaves as they are (learner.py:69-74). */
export const adamBetas = [0.9, 0.999] as const;
const epsilon = 1e-8;

/** What changes from update to update; scalars worked out in float64 and fed. */
export type AdamRates = {
  /** lr / (1 - beta1^t) */
  readonly stepSize: number;
  /** sqrt(1 - beta2^t) */
  readonly secondMomentScale: number;
};

export type AdamMoments = { readonly m: Tensor; readonly v: Tensor };
export type AdamUpdate = AdamMoments & { readonly parameter: Tensor };

/** The rates of update number `t`, counted from 1. */
export function adamRates(lr: number, t: number): AdamRates {
  const [beta1, beta2] = adamBetas;
  return { stepSize: lr / (1 - beta1 ** t), secondMomentScale: Math.sqrt(1 - beta2 ** t) };
}

/**
 * One update of torch's Adam with coupled weight decay; all tensors have the parameter's shape.
 *
 *   g' = g + decay w,  m' = m + (1 - beta1) (g' - m),  v' = beta2 v + (1 - beta2) g'^2
 *   w' = w - stepSize m' / (sqrt(v') / secondMomentScale + eps)
 *
 * The formula of torch 2.13 (golden/optimizer, adam_only); torch 1.1 adds eps before the bias correction, which differs
 * for gradients near eps only. The caller owns the results.
 */
export function adamUpdate(
  parameter: Tensor,
  gradient: Tensor,
  { m, v }: AdamMoments,
  decay: number,
  rates: AdamRates,
): AdamUpdate {
  const [beta1, beta2] = adamBetas;
  const decayed = decay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, decay));
  const nextM = tf.add(m, tf.mul(tf.sub(decayed, m), 1 - beta1));
  const nextV = tf.add(tf.mul(v, beta2), tf.mul(tf.square(decayed), 1 - beta2));
  const denominator = tf.add(tf.div(tf.sqrt(nextV), rates.secondMomentScale), epsilon);
  const next = tf.sub(parameter, tf.mul(tf.div(nextM, denominator), rates.stepSize));
  return { parameter: next, m: nextM, v: nextV };
}
