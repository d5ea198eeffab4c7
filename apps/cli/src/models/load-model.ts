import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type BackboneName, backboneNames, backboneRecord } from '@spherelab/catalogue';
import { openFileReader, readerSha256 } from '@spherelab/datasets/file-reader';
import { createNetwork, importStateDict, initialState, type Network, type NetworkOptions } from '@spherelab/models';
import { tf } from '@spherelab/tensorflow';
import { readTorchFile } from '@spherelab/weight-files';
import { serverAddress } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import type { EmbedOptions } from '../flags/embed-options.ts';
import { ApiClient, NotThere } from '../server/api-client.ts';
import type { Checkpoint, Page } from '../server/api-types.ts';
import { chooseCheckpoint } from './choose-checkpoint.ts';
import { decodeModelCheckpoint } from './read-model-checkpoint.ts';

/** A network with its weights, ready to embed. */
export type Model = {
  readonly options: NetworkOptions;
  /** Where the weights come from, for people. */
  readonly description: string;
  /** RGB bytes [count, h, w, 3] -> raw embeddings [count, dim], row-major. */
  readonly embed: (pixels: Uint8Array, count: number) => Float32Array;
  readonly dispose: () => void;
};

/**
 * The network of a checkpoint (by id from the server, or a file), one with the weights of a .pth file, or an untrained
 * one with `--weights random`. Throws CliError where none is named or it cannot be read.
 */
export async function loadModel(options: EmbedOptions): Promise<Model> {
  if (options.checkpoint !== undefined) return loadCheckpoint(options.checkpoint);
  if (options.weights === undefined) {
    throw new CliError('name the weights: --checkpoint ID, --weights FILE.pth, or --weights random');
  }
  const { preset } = backboneRecord(backboneOf(options.backbone));
  const networkOptions = {
    backbone: options.backbone,
    imageSize: wholeNumber('--image_size', options.image_size ?? String(preset.image_size?.value), 16),
    embeddingDim: wholeNumber('--embedding_dim', options.embedding_dim ?? String(preset.embedding_dim?.value), 1),
    needBn: !['false', '0'].includes(options.needBn ?? options.need_bn),
    freezeBn: true,
  };
  const seed = wholeNumber('--seed', options.seed, 0);
  const initial = initialState(networkOf(networkOptions), seed);
  if (options.weights === 'random') return buildModel(networkOptions, initial, `random weights, seed ${seed}`);
  const [reader, close] = openFileReader(options.weights);
  try {
    const { state, missing } = importStateDict(networkOf(networkOptions), readTorchFile(reader));
    const random = missing.length === 0 ? '' : `; random with seed ${seed}: ${missing.join(', ')}`;
    const description = `${options.weights}, SHA-256 ${readerSha256(reader)}${random}`;
    return buildModel(networkOptions, new Map([...initial, ...state]), description);
  } finally {
    close();
  }
}

function backboneOf(name: string): BackboneName {
  const known = backboneNames.find((one) => one === name);
  if (known !== undefined) return known;
  throw new CliError(`--backbone ${name}: there is no such network`, `there are ${backboneNames.join(', ')}`);
}

function networkOf(options: NetworkOptions): Network {
  try {
    return createNetwork(options);
  } catch (cause) {
    if (cause instanceof RangeError) throw new CliError(cause.message, null, { cause });
    throw cause;
  }
}

/** The network of a checkpoint, by its id or that of its experiment from the server, or from a file. Throws CliError where it cannot be read. */
export async function loadCheckpoint(checkpoint: string): Promise<Model> {
  const file = await readFile(checkpoint).catch(() => null);
  const bytes = Buffer.from(file ?? (await downloaded(checkpoint)));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { model, tensors } = await decodeModelCheckpoint(bytes, checkpoint, { sha256 });
  const values = new Map([...tensors].map(([name, tensor]) => [name, tensor.values]));
  return buildModel(model, values, `checkpoint ${checkpoint}, SHA-256 ${sha256}`);
}

function buildModel(options: NetworkOptions, values: ReadonlyMap<string, Float32Array>, description: string): Model {
  const network = createNetwork(options);
  const state = new Map(
    network.specs.map(({ name, shape }) => {
      const own = values.get(name);
      if (own === undefined) throw new CliError(`the checkpoint has no tensor ${name}`);
      return [name, tf.tensor(own, [...shape])];
    }),
  );
  const side = options.imageSize;
  return {
    options,
    description,
    embed: (pixels, count) =>
      tf.tidy(() => {
        const input = tf.tensor4d(pixels, [count, side, side, 3], 'int32');
        return Float32Array.from(network.forward(state, input, false).embeddings.dataSync<'float32'>());
      }),
    dispose: () => tf.dispose([...state.values()]),
  };
}

function wholeNumber(flag: string, text: string, minimum: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= minimum) return value;
  throw new CliError(`${flag} ${text}: must be a whole number from ${minimum} on`);
}

/** The bytes of a checkpoint, or of the last one of an experiment. */
async function downloaded(id: string): Promise<Uint8Array> {
  const api = new ApiClient(serverAddress());
  const named = encodeURIComponent(id);
  try {
    return await api.download(`/checkpoints/${named}/download`);
  } catch (error) {
    if (!(error instanceof NotThere)) throw error;
    const page = await api.get<Page<Checkpoint>>(`/experiments/${named}/checkpoints`).catch(() => null);
    if (page === null) throw error;
    return api.download(`/checkpoints/${chooseCheckpoint(page.items, 'latest').id}/download`);
  }
}
