import type { StateTensor } from '@spherelab/weight-files';
import type { Network, ParameterGroup } from './network.ts';
import { torchShape, torchValues } from './state-dict-layout.ts';

const RUNNING_VAR = '.running_var';

/** How many batches the BatchNorms of a group have seen in training; 0, a frozen one's, where it is not given. */
export type BatchesTracked = Partial<Readonly<Record<ParameterGroup, number>>>;

/**
 * A network's state as torch would have it: the order of the network's specs, convolution weights as OIHW, and the
 * int64 counter num_batches_tracked behind each running_var.
 * @throws RangeError when the state lacks a tensor or has one of another size
 */
export function exportStateDict(
  network: Network,
  state: ReadonlyMap<string, Float32Array>,
  batchesTracked: BatchesTracked = {},
): StateTensor[] {
  return network.specs.flatMap((spec) => {
    const values = state.get(spec.name);
    const count = spec.shape.reduce((product, size) => product * size, 1);
    if (values?.length !== count) {
      throw new RangeError(`the state has ${values?.length ?? 'no'} values of ${spec.name}, ${count} are wanted`);
    }
    const tensor: StateTensor = { name: spec.name, shape: torchShape(spec), values: torchValues(spec, values) };
    if (!spec.name.endsWith(RUNNING_VAR)) return [tensor];
    const name = `${spec.name.slice(0, -RUNNING_VAR.length)}.num_batches_tracked`;
    return [tensor, { name, shape: [], values: BigInt64Array.of(BigInt(batchesTracked[spec.group] ?? 0)) }];
  });
}
