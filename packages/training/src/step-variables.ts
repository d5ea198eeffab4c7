import type { Network, TensorSpec } from '@spherelab/models';
import type { OptimizerRule } from './optimizers/optimizer-rule.ts';

/** One array of a step's state: its key in checkpoints, and its shape. */
export type StepVariable = { readonly key: string; readonly shape: readonly number[] };

export const recordNormMeanKey = 'record_norm_mean';
/** Updates done; kept beside the variables, on the host. */
export const updatesKey = 'updates';

/** Parameters that the optimizer sees, in checkpoint-key order. */
export function trainedSpecs(network: Network, freezeBn: boolean): TensorSpec[] {
  const isTrained = ({ group }: TensorSpec): boolean => group !== 'frozen' && !(freezeBn && group === 'backbone-bn');
  return network.specs.filter((spec) => spec.role === 'parameter' && isTrained(spec));
}

/**
 * Everything a step carries to the next one but the number of updates, in checkpoint-key order: parameters and running
 * statistics, the optimizer's moments, the running mean norm. A resume needs exactly this.
 */
export function stepVariables(network: Network, freezeBn: boolean, optimizer: OptimizerRule): StepVariable[] {
  const kept = trainedSpecs(network, freezeBn).map(({ name, shape }) =>
    optimizer.momentKeys(name).map((key) => ({ key, shape })),
  );
  // All parameters' first moments, then all their second ones.
  const moments = (kept[0] ?? []).flatMap((_, index) => kept.map((one) => one[index] as StepVariable));
  return [
    ...network.specs.map(({ name, shape }) => ({ key: name, shape })),
    ...moments,
    { key: recordNormMeanKey, shape: [] },
  ];
}

/** Throws RangeError naming the key that is missing, unknown, or of another length. */
export function checkState(variables: readonly StepVariable[], state: ReadonlyMap<string, Float32Array>): void {
  const expected = new Map(
    variables.map(({ key, shape }) => [key, shape.reduce((product, size) => product * size, 1)]),
  );
  expected.set(updatesKey, 1);
  for (const [key, length] of expected) {
    const given = state.get(key)?.length;
    if (given !== length) throw new RangeError(`state key "${key}" has ${given ?? 'no'} values, ${length} are needed`);
  }
  const unknown = [...state.keys()].find((key) => !expected.has(key));
  if (unknown !== undefined) throw new RangeError(`state key "${unknown}" does not belong to this step`);
}
