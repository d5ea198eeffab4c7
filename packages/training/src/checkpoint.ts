import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointFacts } from '@spherelab/config';
import type { Network, NetworkOptions } from '@spherelab/models';
import {
  decodeTensorFile,
  encodeTensorFile,
  type FileTensors,
  type TensorFile,
  TensorFileError,
} from '@spherelab/weight-files';
import type { RunProgress } from './run-progress.ts';
import { TrainingError } from './training-error.ts';
import type { CheckpointKind, TrainingEvent } from './training-events.ts';
import { weightsSha256 } from './weights-sha256.ts';

/** Raise it when a checkpoint of before can no longer be continued exactly: it is part of the state's layout. */
export const CHECKPOINT_FORMAT = 'spherelab-checkpoint-v2';

export type CheckpointMetadata = {
  readonly format: typeof CHECKPOINT_FORMAT;
  readonly kind: CheckpointKind;
  readonly network: string;
  /** What rebuilds the network, for a reader that has only the file. */
  readonly model: NetworkOptions;
  readonly facts: CheckpointFacts;
  readonly weightsSha256: string;
  readonly progress: RunProgress;
};

export type CheckpointRequest = {
  readonly folder: string;
  readonly kind: CheckpointKind;
  readonly network: Network;
  readonly model: NetworkOptions;
  readonly facts: CheckpointFacts;
  readonly progress: RunProgress;
  /** Everything that TrainStep.readState gives. */
  readonly state: ReadonlyMap<string, Float32Array>;
};

function withShapes(network: Network, state: ReadonlyMap<string, Float32Array>): FileTensors {
  const shapeOf = new Map(network.specs.map(({ name, shape }) => [name, shape]));
  return new Map(
    [...state].map(([key, values]) => {
      const shape = shapeOf.get(key.replace(/^adam\.[mv]\./, '')) ?? [values.length];
      return [key, { shape, values }];
    }),
  );
}

/** Writes a checkpoint file and describes it. The receiver of the event owns the file. */
export async function writeCheckpoint(
  request: CheckpointRequest,
): Promise<Extract<TrainingEvent, { type: 'checkpoint' }>> {
  const { folder, kind, network, model, facts, progress, state } = request;
  const weights = weightsSha256(network, state);
  const metadata: CheckpointMetadata = {
    format: CHECKPOINT_FORMAT,
    kind,
    network: network.name,
    model,
    facts,
    weightsSha256: weights,
    progress,
  };
  const bytes = encodeTensorFile({ metadata, tensors: withShapes(network, state) });
  const tensorBytes = [...state.values()].reduce((sum, values) => sum + values.byteLength, 0);
  const file = join(folder, `${kind}-${progress.updates}.safetensors`);
  await writeFile(file, bytes).catch(async (error: unknown) => {
    await rm(file, { force: true }); // half a file would keep a full disk full
    throw error;
  });
  return {
    type: 'checkpoint',
    step: progress.updates,
    kind,
    file,
    bytes: bytes.length,
    headBytes: bytes.length - tensorBytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    weightsSha256: weights,
    facts,
  };
}

export type LoadedCheckpoint = {
  readonly metadata: CheckpointMetadata;
  readonly state: ReadonlyMap<string, Float32Array>;
};

/** Reads a checkpoint file. Throws TrainingError damaged_checkpoint. */
export async function readCheckpoint(file: string): Promise<LoadedCheckpoint> {
  const bytes = await readFile(file);
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const { metadata, tensors } = decode(view);
  if (metadata?.format !== CHECKPOINT_FORMAT) {
    throw new TrainingError('damaged_checkpoint', `the checkpoint is not of format ${CHECKPOINT_FORMAT}`);
  }
  return { metadata, state: new Map([...tensors].map(([name, { values }]) => [name, values])) };
}

function decode(file: Uint8Array): TensorFile<CheckpointMetadata | null> {
  try {
    return decodeTensorFile<CheckpointMetadata | null>(file);
  } catch (cause) {
    if (!(cause instanceof TensorFileError)) throw cause;
    throw new TrainingError('damaged_checkpoint', cause.message, { cause });
  }
}
