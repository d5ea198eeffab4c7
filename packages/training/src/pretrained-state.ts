import path from 'node:path';
import { DatasetError } from '@spherelab/datasets';
import { type FileReader, openFileReader, readerSha256 } from '@spherelab/datasets/file-reader';
import { importStateDict, type Network } from '@spherelab/models';
import { readTorchFile, TorchFileError } from '@spherelab/weight-files';
import { TrainingError } from './training-error.ts';

export type PretrainedState = {
  /** Values of the tensors that the file has, in the network's layout; the others keep their initialisation. */
  readonly state: ReadonlyMap<string, Float32Array>;
  /** SHA-256 (hex) of the file. */
  readonly sha256: string;
  /** One line for the log. */
  readonly message: string;
};

/**
 * Reads `<data root>/weights/<name>` onto a network.
 * Throws TrainingError missing_weights (not there) or bad_weights (damaged, or of another network).
 */
export function pretrainedState(dataRoot: string, name: string, network: Network): PretrainedState {
  return withWeightsFile(dataRoot, name, (reader) => {
    const { state, matched, missing, unused } = importStateDict(network, readTorchFile(reader));
    const rest = `${missing.length} start at random, ${unused.length} of the file are not used`;
    const message = `weights ${name}: ${matched.length} tensors of ${network.name} set, ${rest}`;
    return { state, sha256: readerSha256(reader), message };
  });
}

/** SHA-256 (hex) of `<data root>/weights/<name>`. Throws TrainingError missing_weights. */
export function weightsFileSha256(dataRoot: string, name: string): string {
  return withWeightsFile(dataRoot, name, readerSha256);
}

function withWeightsFile<T>(dataRoot: string, name: string, use: (reader: FileReader) => T): T {
  try {
    const [reader, close] = openFileReader(path.join(dataRoot, 'weights', name));
    try {
      return use(reader);
    } finally {
      close();
    }
  } catch (cause) {
    if (cause instanceof DatasetError) {
      const hint = `put the file at weights/${name} under the worker's data root, or start from "random"`;
      throw new TrainingError('missing_weights', `${cause.message}: ${hint}`, { cause });
    }
    if (cause instanceof TorchFileError) {
      throw new TrainingError('bad_weights', `weights ${name}: ${cause.message}`, { cause });
    }
    throw cause;
  }
}
