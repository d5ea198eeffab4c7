import { createHash } from 'node:crypto';
import type { Network } from '@spherelab/models';
import { littleEndianBytes } from '@spherelab/weight-files';

/**
 * SHA-256 (hex) over the little-endian float32 of all parameters and running statistics in checkpoint-key order: the
 * identity of trained weights. Throws when the state lacks one of the network's tensors.
 */
export function weightsSha256(network: Pick<Network, 'specs'>, state: ReadonlyMap<string, Float32Array>): string {
  const hash = createHash('sha256');
  for (const { name } of network.specs) {
    const values = state.get(name);
    if (values === undefined) throw new Error(`the state has no tensor "${name}"`);
    hash.update(littleEndianBytes(values));
  }
  return hash.digest('hex');
}
