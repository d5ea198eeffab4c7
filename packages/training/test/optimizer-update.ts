import { tf } from '@spherelab/tensorflow';
import { adamRates } from '../src/optimizers/adam.ts';
import type { OptimizerSettings } from '../src/optimizers/optimizer-of.ts';
import { adamUpdate, type Tensor } from './adam-update.ts';

export type UpdateInput = {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly moments: readonly Tensor[];
  readonly decay: number;
  readonly lr: number;
  /** Number of the update, from 1. */
  readonly t: number;
};

/** One update of any optimizer written out, one op at a time. The caller owns the results. */
export function optimizerUpdate(
  { name, momentum = 0 }: OptimizerSettings,
  { parameter, gradient, moments, decay, lr, t }: UpdateInput,
): { readonly parameter: Tensor; readonly moments: readonly Tensor[] } {
  if (name === 'adam') {
    const [m, v] = moments as [Tensor, Tensor];
    const next = adamUpdate(parameter, gradient, { m, v }, decay, adamRates(lr, t));
    return { parameter: next.parameter, moments: [next.m, next.v] };
  }
  const [buffer] = moments as [Tensor];
  const decayed = tf.add(gradient, tf.mul(parameter, decay));
  const next = tf.add(tf.mul(buffer, momentum), decayed);
  return { parameter: tf.sub(parameter, tf.mul(next, lr)), moments: [next] };
}
