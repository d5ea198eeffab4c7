import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { NetworkOptions } from '@spherelab/models';
import type { FileTensors } from '@spherelab/weight-files';
import { serverAddress } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { ApiClient } from '../server/api-client.ts';
import type { Checkpoint, Experiment, Page } from '../server/api-types.ts';
import { chooseCheckpoint } from './choose-checkpoint.ts';

/** The weights of a run at some step, from the server or a file. */
export type ModelCheckpoint = {
  readonly model: NetworkOptions;
  readonly tensors: FileTensors;
  /** Updates done. */
  readonly updates: number;
  /** For people and for the summary. */
  readonly source: Readonly<Record<string, unknown>>;
};

/** Which checkpoint of an experiment: `latest`, `best`, `final`, or the number of updates done. */
export async function downloadCheckpoint(experimentId: string, which: string): Promise<ModelCheckpoint> {
  const api = new ApiClient(serverAddress());
  const route = `/experiments/${encodeURIComponent(experimentId)}`;
  const experiment = await api.get<Experiment>(route);
  const { items } = await api.get<Page<Checkpoint>>(`${route}/checkpoints`);
  const chosen = chooseCheckpoint(items, which);
  const bytes = await api.download(`/checkpoints/${encodeURIComponent(chosen.id)}/download`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== chosen.sha256) throw new CliError(`checkpoint ${chosen.id} arrived damaged: SHA-256 ${sha256}`);
  const { id, step, kind } = chosen;
  const source = { experiment: experiment.id, checkpoint: id, step, kind, sha256 };
  return decodeModelCheckpoint(bytes, `checkpoint ${id}`, source);
}

export async function readCheckpointFile(file: string): Promise<ModelCheckpoint> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`--file ${file} cannot be read (${cause.code})`, null, { cause });
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return decodeModelCheckpoint(bytes, `--file ${file}`, { file, sha256 });
}

/** What is read of a checkpoint's head here; packages/training writes it (checkpoint.ts). */
type Metadata = {
  readonly model?: NetworkOptions;
  readonly progress?: { readonly updates?: number };
  readonly facts?: { readonly numerics?: string };
};

/** Reads a checkpoint's bytes. @throws CliError for bytes that are none */
export async function decodeModelCheckpoint(
  bytes: Uint8Array,
  what: string,
  source: ModelCheckpoint['source'],
): Promise<ModelCheckpoint> {
  const { decodeTensorFile, TensorFileError } = await import('@spherelab/weight-files');
  try {
    const { metadata, tensors } = decodeTensorFile<Metadata | null>(bytes);
    if (metadata?.model === undefined) throw new CliError(`${what} is no checkpoint of ours`);
    const numerics = metadata.facts?.numerics ?? null;
    return {
      model: metadata.model,
      tensors,
      updates: metadata.progress?.updates ?? 0,
      source: { ...source, numerics },
    };
  } catch (error) {
    if (error instanceof TensorFileError) throw new CliError(`${what}: ${error.message}`, null, { cause: error });
    throw error;
  }
}
