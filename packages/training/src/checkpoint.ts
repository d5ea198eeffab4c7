import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodeTensorFile,
  encodeTensorFile,
  type FileTensors,
  type Network,
  type NetworkOptions,
  type TensorFile,
  TensorFileError,
} from '@spherelab/models';
import type { RunProgress } from './run-progress.ts';
import { TrainingError } from './training-error.ts';
import type { CheckpointKind, Environment, TrainingEvent } from './training-events.ts';
import { weightsSha256 } from './weights-sha256.ts';

/** Raise it when a checkpoint of before can no longer be continued exactly. */
const FORMAT = 'spherelab-checkpoint-v1';

/** What a checkpoint belongs to: a run continues only from one that agrees. */
export type CheckpointIdentity = {
  readonly network: string;
  /** What rebuilds the network, for a reader that has only the file. */
  readonly model: NetworkOptions;
  /** Identity of the experiment's config without its data list. */
  readonly configSha256: string;
  readonly dataListSha256: string;
  /** SHA-256 of the compiled step. */
  readonly graphSha256: string;
  /** SHA-256 of the file of weights that the run began with, or `random`. */
  readonly weightsFileSha256: string;
};

export type CheckpointMetadata = CheckpointIdentity & {
  readonly format: typeof FORMAT;
  readonly kind: CheckpointKind;
  readonly weightsSha256: string;
  readonly progress: RunProgress;
  readonly environment: Environment;
};

export type CheckpointRequest = {
  readonly folder: string;
  readonly kind: CheckpointKind;
  readonly network: Network;
  readonly identity: CheckpointIdentity;
  readonly progress: RunProgress;
  readonly environment: Environment;
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
  const { folder, kind, network, identity, progress, environment, state } = request;
  const weights = weightsSha256(network, state);
  const metadata: CheckpointMetadata = {
    format: FORMAT,
    kind,
    ...identity,
    weightsSha256: weights,
    progress,
    environment,
  };
  const bytes = encodeTensorFile({ metadata, tensors: withShapes(network, state) });
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
    sha256: createHash('sha256').update(bytes).digest('hex'),
    weightsSha256: weights,
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
  if (metadata?.format !== FORMAT) {
    throw new TrainingError('damaged_checkpoint', `the checkpoint is not of format ${FORMAT}`);
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

/** Throws TrainingError checkpoint_mismatch, naming what differs, unless a run of `identity` may continue from it. */
export function checkCheckpointIdentity({ metadata }: LoadedCheckpoint, identity: CheckpointIdentity): void {
  for (const key of ['network', 'configSha256', 'dataListSha256', 'graphSha256', 'weightsFileSha256'] as const) {
    if (metadata[key] === identity[key]) continue;
    throw new TrainingError(
      'checkpoint_mismatch',
      `the checkpoint was made with another ${key}: ${metadata[key]}, now ${identity[key]}`,
    );
  }
}
