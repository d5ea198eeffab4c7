import type { Network, TensorSpec } from '@spherelab/models';
import { tf } from '@spherelab/tensorflow';
import type { AdamMoments, Tensor } from './adam.ts';

/** Everything a step carries to the next one; a resume needs exactly this. */
export type StepState = {
  /** Parameters and running statistics by spec name. */
  readonly tensors: Map<string, Tensor>;
  /** Moments of the trained parameters. */
  readonly moments: Map<string, AdamMoments>;
  recordNormMean: Tensor;
  /** Updates done. */
  updates: number;
};

/** Zeros everywhere; `writeStepState` gives it its values. */
export function emptyStepState(network: Network, trained: readonly TensorSpec[]): StepState {
  const zeros = (spec: TensorSpec): Tensor => tf.zeros([...spec.shape]);
  return {
    tensors: new Map(network.specs.map((spec) => [spec.name, zeros(spec)])),
    moments: new Map(trained.map((spec) => [spec.name, { m: zeros(spec), v: zeros(spec) }])),
    recordNormMean: tf.scalar(0),
    updates: 0,
  };
}

/** The state as plain arrays, always with the same keys in the same order. */
export function readStepState(state: StepState): Map<string, Float32Array> {
  const values = (tensor: Tensor): Float32Array => Float32Array.from(tensor.dataSync<'float32'>());
  const moments = [...state.moments];
  return new Map([
    ...[...state.tensors].map(([name, tensor]) => [name, values(tensor)] as const),
    ...moments.map(([name, { m }]) => [`adam.m.${name}`, values(m)] as const),
    ...moments.map(([name, { v }]) => [`adam.v.${name}`, values(v)] as const),
    ['record_norm_mean', values(state.recordNormMean)] as const,
    ['updates', Float32Array.of(state.updates)] as const,
  ]);
}

/**
 * Replaces the whole state. Throws RangeError naming the key that is missing, unknown, or of another length; nothing is
 * changed then.
 */
export function writeStepState(state: StepState, values: ReadonlyMap<string, Float32Array>): void {
  const expected = lengthsOf(state);
  for (const [key, length] of expected) {
    const given = values.get(key)?.length;
    if (given !== length) throw new RangeError(`state key "${key}" has ${given ?? 'no'} values, ${length} are needed`);
  }
  const unknown = [...values.keys()].find((key) => !expected.has(key));
  if (unknown !== undefined) throw new RangeError(`state key "${unknown}" does not belong to this step`);

  const fresh = (key: string, shape: readonly number[]): Tensor =>
    tf.tensor(values.get(key) as Float32Array, [...shape], 'float32');
  for (const [name, old] of state.tensors) {
    state.tensors.set(name, fresh(name, old.shape));
    old.dispose();
  }
  for (const [name, old] of state.moments) {
    state.moments.set(name, { m: fresh(`adam.m.${name}`, old.m.shape), v: fresh(`adam.v.${name}`, old.v.shape) });
    tf.dispose([old.m, old.v]);
  }
  state.recordNormMean.dispose();
  state.recordNormMean = fresh('record_norm_mean', []);
  state.updates = values.get('updates')?.[0] ?? 0;
}

/** Frees every tensor. */
export function disposeStepState(state: StepState): void {
  tf.dispose([...state.tensors.values()]);
  for (const { m, v } of state.moments.values()) tf.dispose([m, v]);
  state.recordNormMean.dispose();
}

function lengthsOf(state: StepState): Map<string, number> {
  const moments = [...state.moments];
  return new Map([
    ...[...state.tensors].map(([name, tensor]) => [name, tensor.size] as const),
    ...moments.flatMap(
      ([name, { m }]) =>
        [
          [`adam.m.${name}`, m.size],
          [`adam.v.${name}`, m.size],
        ] as const,
    ),
    ['record_norm_mean', 1] as const,
    ['updates', 1] as const,
  ]);
}
