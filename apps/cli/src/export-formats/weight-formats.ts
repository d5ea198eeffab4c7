import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Network } from '@spherelab/models';
import { encodeSafetensors, encodeTfjsWeights, encodeTorchFile, type StateTensor } from '@spherelab/weight-files';
import { CliError } from '../cli-error.ts';
import { atomicWrite } from '../files/atomic-write.ts';
import { checkOut } from '../files/check-out.ts';
import { downloadCheckpoint, type ModelCheckpoint, readCheckpointFile } from '../models/read-model-checkpoint.ts';
import type { ExportFormat, ExportRequest, ExportSummary } from './export-format.ts';

type OutputFile = { readonly file: string; readonly content: Uint8Array | string };

type WeightFormat = {
  readonly name: string;
  readonly about: string;
  /** What --out must end in. */
  readonly extensions: readonly string[];
  /** Files in the order of writing: one that names another comes after it. */
  readonly encode: (input: EncodeInput) => readonly OutputFile[];
};

type EncodeInput = {
  readonly out: string;
  readonly network: Network;
  /** In our own layout, by the network's names. */
  readonly state: ReadonlyMap<string, Float32Array>;
  /** In torch's layout and order. */
  readonly torch: readonly StateTensor[];
  readonly source: ModelCheckpoint['source'];
};

export const pth = weightFormat({
  name: 'pth',
  about: 'a PyTorch state dict, for torch.load(FILE, weights_only=True)',
  extensions: ['.pth', '.pt'],
  encode: ({ out, torch }) => [{ file: out, content: encodeTorchFile(torch) }],
});

export const safetensors = weightFormat({
  name: 'safetensors',
  about: 'the same keys and shapes as float32 safetensors',
  extensions: ['.safetensors'],
  encode: ({ out, torch, source }) => [{ file: out, content: encodeSafetensors(torch, source) }],
});

export const tfjs = weightFormat({
  name: 'tfjs',
  about: 'weights only, as TensorFlow.js reads them: a manifest and one shard, convolutions as [h, w, in, out]',
  extensions: ['.json'],
  encode: ({ out, network, state }) => {
    const shard = `${path.basename(out, '.json')}.bin`;
    const tensors = network.specs.map(({ name, shape }) => ({ name, shape, values: state.get(name) as Float32Array }));
    const weights = encodeTfjsWeights(tensors, shard);
    return [
      { file: path.join(path.dirname(out), shard), content: weights.shard },
      { file: out, content: weights.manifest },
    ];
  },
});

function weightFormat(format: WeightFormat): ExportFormat {
  return { name: format.name, about: format.about, run: (request) => exportWeights(format, request) };
}

async function exportWeights(format: WeightFormat, request: ExportRequest): Promise<ExportSummary> {
  const { out } = request;
  if (!format.extensions.some((extension) => out.endsWith(extension))) {
    throw new CliError(`--out ${out}: must end in ${format.extensions.join(' or ')} for --format ${format.name}`);
  }
  await checkOut(out);
  const checkpoint = await openCheckpoint(request);
  const { createNetwork, exportStateDict } = await import('@spherelab/models');
  const network = createNetwork(checkpoint.model);
  const state = new Map([...checkpoint.tensors].map(([name, { values }]) => [name, values]));
  const torch = exportStateDict(network, state, {
    'head-bn': checkpoint.updates,
    'backbone-bn': checkpoint.model.freezeBn ? 0 : checkpoint.updates,
  });
  const outputs = format.encode({ out, network, state, torch, source: checkpoint.source });
  for (const { file, content } of outputs) await atomicWrite(file, content);
  const written = outputs.map(({ file, content }) => ({
    file,
    bytes: Buffer.byteLength(content),
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  return {
    files: outputs.map(({ file }) => file),
    text: `${network.specs.length} tensors of ${network.name} after ${checkpoint.updates} updates`,
    details: { network: network.name, updates: checkpoint.updates, source: checkpoint.source, written },
  };
}

async function openCheckpoint({ id, file, checkpoint }: ExportRequest): Promise<ModelCheckpoint> {
  if ((id === undefined) === (file === undefined)) throw new CliError('name either an experiment or --file');
  return file === undefined ? downloadCheckpoint(id as string, checkpoint) : readCheckpointFile(file);
}
