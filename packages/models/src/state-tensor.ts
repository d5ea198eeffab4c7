import type { StateMap, Tensor } from './network.ts';

/** The tensor of that name. Throws an error that names the key when the state lacks it. */
export function stateTensor(state: StateMap, name: string): Tensor {
  const tensor = state.get(name);
  if (tensor === undefined) throw new Error(`the network's state has no tensor "${name}"`);
  return tensor;
}
