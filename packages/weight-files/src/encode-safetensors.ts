import { encodeTensorFile } from './tensor-file.ts';
import type { StateTensor } from './torch-file/encode-state-pickle.ts';

/**
 * A state dict as a safetensors file of float32. The int64 counters num_batches_tracked are left out: torch's BatchNorm
 * then starts counting from 0, and nothing depends on the count.
 */
export function encodeSafetensors(tensors: readonly StateTensor[], metadata: unknown = null): Uint8Array {
  const floats = tensors.flatMap(({ name, shape, values }) =>
    values instanceof Float32Array ? [[name, { shape, values }] as const] : [],
  );
  return encodeTensorFile({ metadata, tensors: new Map(floats) });
}
