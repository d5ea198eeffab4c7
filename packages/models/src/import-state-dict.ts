import {
  permuteTensor,
  type TorchFile,
  TorchFileError,
  type TorchTensor,
  tensorFloat32,
} from '@spherelab/weight-files';
import { nameUnderPrefix } from './name-under-prefix.ts';
import type { Network, ParameterGroup, TensorSpec } from './network.ts';
import { axesFromTorch, isConvolution, torchShape } from './state-dict-layout.ts';

export type ImportedState = {
  /** Values of the matched tensors only, in the network's layout; the others keep their initialisation. */
  readonly state: Map<string, Float32Array>;
  /** Names of the network's tensors that the file holds, in the network's order. */
  readonly matched: readonly string[];
  /** Names of the network's tensors that the file lacks. */
  readonly missing: readonly string[];
  /** Keys of the file that the network does not use, such as a classifier's. */
  readonly unused: readonly string[];
};

const backboneGroups: readonly ParameterGroup[] = ['frozen', 'backbone', 'backbone-bn'];

/** Batches that a BatchNorm has seen: counted by torch, used by nothing here. */
const BATCH_COUNTER = /(^|\.)num_batches_tracked$/;

function moduleOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}

/** The tensors of a network's BatchNorms: of every module that has a running variance. */
function batchNormTensors({ specs }: Network): ReadonlySet<string> {
  const norms = new Set(specs.filter(({ name }) => name.endsWith('.running_var')).map(({ name }) => moduleOf(name)));
  return new Set(specs.map(({ name }) => name).filter((name) => norms.has(moduleOf(name))));
}

/** Files of 2017 hold the vectors of a BatchNorm as [1, channels]. */
function isOldVector({ shape }: TensorSpec, fileShape: readonly number[]): boolean {
  return fileShape.length === 2 && fileShape[0] === 1 && fileShape[1] === shape[0];
}

type FileTensor = { readonly key: string; readonly tensor: TorchTensor };

function importTensor(spec: TensorSpec, { key, tensor }: FileTensor, isOfBatchNorm: boolean): Float32Array {
  const wanted = torchShape(spec);
  const isSame = tensor.shape.length === wanted.length && tensor.shape.every((size, axis) => size === wanted[axis]);
  if (!isSame && !(isOfBatchNorm && isOldVector(spec, tensor.shape))) {
    throw new TorchFileError(`${key} has shape [${tensor.shape}] in the file, [${wanted}] is wanted`);
  }
  try {
    return tensorFloat32(isConvolution(spec) ? permuteTensor(tensor, axesFromTorch) : tensor);
  } catch (error) {
    if (error instanceof TorchFileError) throw new TorchFileError(`${key}: ${error.message}`, { cause: error });
    throw error;
  }
}

function byName(file: TorchFile, network: Network): Map<string, FileTensor> {
  const nameOf = nameUnderPrefix([...file.tensors.keys()], new Set(network.specs.map(({ name }) => name)));
  const tensors = new Map<string, FileTensor>();
  for (const [key, tensor] of file.tensors) {
    const name = nameOf(key);
    const other = tensors.get(name);
    if (other !== undefined) throw new TorchFileError(`${other.key} and ${key} are the same tensor under two prefixes`);
    tensors.set(name, { key, tensor });
  }
  return tensors;
}

/**
 * Maps a file's state dict onto a network by name, as the reference does: what the file lacks keeps its random
 * initialisation (with a pretrained file the whole head), what the network lacks is ignored (the classifier).
 * Convolution weights are turned from OIHW to HWIO; float16, bfloat16 and float64 become float32.
 * @throws TorchFileError naming key and shapes where a tensor does not fit, and when nothing of the backbone is there
 */
export function importStateDict(network: Network, file: TorchFile): ImportedState {
  const tensors = byName(file, network);
  const found = network.specs.filter(({ name }) => tensors.has(name));
  // Told first: in a file for another network single keys, as the head's, may fit by name and not by shape.
  if (!found.some(({ group }) => backboneGroups.includes(group))) {
    const keys = [...file.tensors.keys()].slice(0, 3).join(', ') || 'nothing';
    const wanted = network.specs[0]?.name ?? 'nothing';
    throw new TorchFileError(
      `the file has no tensor of the backbone of ${network.name}: it holds ${keys} ..., wanted are ${wanted} ...`,
    );
  }
  const norms = batchNormTensors(network);
  const state = new Map(
    found.map((spec) => {
      const tensor = tensors.get(spec.name) as FileTensor;
      return [spec.name, importTensor(spec, tensor, norms.has(spec.name))];
    }),
  );
  const missing = network.specs.map(({ name }) => name).filter((name) => !state.has(name));
  const used = new Set([...state.keys()].map((name) => tensors.get(name)?.key));
  const unused = [...file.tensors.keys()].filter((key) => !used.has(key) && !BATCH_COUNTER.test(key));
  return { state, matched: [...state.keys()], missing, unused };
}
