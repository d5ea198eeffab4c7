import { counterUniform } from './counter-uniform.ts';
import type { Network, TensorSpec } from './network.ts';

function initialValues(spec: TensorSpec, seed: number): Float32Array {
  const values = new Float32Array(spec.shape.reduce((product, size) => product * size, 1));
  if (spec.init === 'zeros') return values;
  if (spec.init === 'ones') return values.fill(1);
  const uniform = counterUniform(seed, spec.name);
  if ('normal' in spec.init) {
    for (let i = 0; i < values.length; i += 1) values[i] = spec.init.normal * standardNormal(uniform, i);
    return values;
  }
  const bound = spec.init.uniform;
  for (let i = 0; i < values.length; i += 1) values[i] = (2 * uniform(i) - 1) * bound;
  return values;
}

/** Box and Muller's transform of the uniform numbers 2i and 2i + 1; 1 - u is never 0. */
function standardNormal(uniform: (index: number) => number, i: number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform(2 * i))) * Math.cos(2 * Math.PI * uniform(2 * i + 1));
}

/**
 * The values a network starts from: one row-major array for each spec, in spec order. The same seed gives the same
 * bytes on every machine, and each tensor depends on its own name only.
 */
export function initialState(network: Network, seed: number): Map<string, Float32Array> {
  return new Map(network.specs.map((spec) => [spec.name, initialValues(spec, seed)]));
}
