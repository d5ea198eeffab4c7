import { type ByteReader, byteReader, readExactly } from './byte-reader.ts';
import { flattenState, type TorchScalar } from './flatten-state.ts';
import { readLegacyContainer } from './legacy-container.ts';
import { latin1Text } from './pickle-text.ts';
import type { PickledTensor } from './pickle-value.ts';
import type { TorchContainer } from './torch-container.ts';
import { torchDtypeBytes } from './torch-dtype.ts';
import { TorchFileError } from './torch-file-error.ts';
import { elementCount, type TorchTensor } from './torch-tensor.ts';
import { readZipContainer } from './zip-container.ts';

export type TorchFile = {
  readonly container: 'zip' | 'legacy';
  /** In file order; the keys of nested dicts are joined with dots. */
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  /** What else the dicts hold: learning rates, step counts, names. */
  readonly scalars: ReadonlyMap<string, TorchScalar>;
};

/** A view with stride 0 may be larger than what it shows; small ones are let through in any file. */
const SMALL_TENSOR_BYTES = 1 << 20;
const HEAD_BYTES = 512;
const TAR_MAGIC_OFFSET = 257;

function openContainer(source: ByteReader): TorchContainer {
  const head = latin1Text(readExactly(source, 0, Math.min(HEAD_BYTES, source.size), 'the file'));
  if (head === '') throw new TorchFileError('the file is empty');
  if (head.startsWith('PK\x03\x04')) return readZipContainer(source);
  if (/^\s*<(!doctype|html|\?xml)/i.test(head)) {
    throw new TorchFileError('not a PyTorch file but a web page: its download went wrong');
  }
  if (head.startsWith('ustar', TAR_MAGIC_OFFSET)) {
    throw new TorchFileError('a tar archive of torch before 0.1.10, which is not read');
  }
  if (head.startsWith('{"', 8)) throw new TorchFileError('not a PyTorch file but, by its look, a safetensors file');
  if (!head.startsWith('\x80')) throw new TorchFileError('not a PyTorch file: neither a zip archive nor a pickle');
  return readLegacyContainer(source);
}

function resolve(key: string, pickled: PickledTensor, container: TorchContainer): TorchTensor {
  const { storage, storageOffset, shape, stride } = pickled;
  const bytes = shape.includes(0) ? 0 : elementCount(shape) * torchDtypeBytes[storage.dtype];
  if (bytes > Math.max(SMALL_TENSOR_BYTES, container.contentBytes)) {
    throw new TorchFileError(`${key} is larger than the whole file: refused (shape [${shape}])`);
  }
  return {
    dtype: storage.dtype,
    shape,
    stride,
    storageOffset,
    storageKey: storage.key,
    location: storage.location,
    content: container.storageContent(storage),
  };
}

/**
 * Opens what torch.save wrote of a state dict, in the zip or the older format, without Python. The pickle is interpreted as
 * data: globals and opcodes that a state dict does not need are refused by name, and nothing is ever executed. All sizes
 * are checked before memory is taken. Values are read when asked for, so a large file is listed at once; damage inside
 * them shows then, as TorchFileError too.
 * @throws TorchFileError
 */
export function readTorchFile(source: Uint8Array | ByteReader): TorchFile {
  const container = openContainer(byteReader(source));
  const { tensors, scalars } = flattenState(container.root);
  return {
    container: container.container,
    tensors: new Map([...tensors].map(([key, tensor]) => [key, resolve(key, tensor, container)])),
    scalars,
  };
}
