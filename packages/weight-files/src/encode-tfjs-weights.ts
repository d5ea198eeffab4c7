import type { StateTensor } from './torch-file/encode-state-pickle.ts';
import { bytesOfValues } from './torch-file/little-endian-elements.ts';

export type TfjsWeights = {
  /** model.json: a weights manifest without a model, as tf.io.loadWeights takes it. */
  readonly manifest: string;
  /** The one shard: all values behind one another, little-endian float32. */
  readonly shard: Uint8Array;
};

/**
 * Weights, and no layers, in TensorFlow.js's format. `shardName` is where the shard lies relative to model.json.
 * @throws RangeError for tensors that are not float32: TensorFlow.js has no int64
 */
export function encodeTfjsWeights(tensors: readonly StateTensor[], shardName: string): TfjsWeights {
  const bytes = tensors.reduce((sum, { values }) => sum + values.byteLength, 0);
  const shard = new Uint8Array(bytes);
  let offset = 0;
  for (const { name, values } of tensors) {
    if (!(values instanceof Float32Array)) throw new RangeError(`tensor ${name} is int64, which TensorFlow.js has not`);
    shard.set(bytesOfValues(values), offset);
    offset += values.byteLength;
  }
  const weights = tensors.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
  const manifest = {
    format: 'weights-only',
    generatedBy: 'spherelab',
    convertedBy: null,
    weightsManifest: [{ paths: [shardName], weights }],
  };
  return { manifest: `${JSON.stringify(manifest, null, 2)}\n`, shard };
}
