import { ByteCursor } from './byte-cursor.ts';
import { type ByteReader, partOf, readExactly } from './byte-reader.ts';
import type { PickledStorage, PickleValue } from './pickle-value.ts';
import { readPickle } from './read-pickle.ts';
import type { TorchContainer } from './torch-container.ts';
import { torchDtypeBytes } from './torch-dtype.ts';
import { TorchFileError } from './torch-file-error.ts';
import { torchNames } from './torch-globals.ts';

const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;
const COUNT_BYTES = 8;

/** Only plain values stand in the pickles around the state dict. */
function readPlain(cursor: ByteCursor): PickleValue {
  return readPickle(cursor, torchNames(new Map()));
}

function checkPrologue(cursor: ByteCursor): void {
  if (readPlain(cursor) !== MAGIC_NUMBER) throw new TorchFileError('not a PyTorch file: its magic number is wrong');
  const version = readPlain(cursor);
  if (version !== PROTOCOL_VERSION) throw new TorchFileError('a PyTorch file of a protocol version that is not known');
  const system = readPlain(cursor);
  const isDict = system !== null && typeof system === 'object' && system.kind === 'dict';
  if (!isDict) throw new TorchFileError('the description of the machine in the file is damaged');
  if (system.entries.get('little_endian') !== true) {
    throw new TorchFileError('the values are big-endian, which is not read');
  }
}

function readKeys(cursor: ByteCursor): string[] {
  const keys = readPlain(cursor);
  const isList = keys !== null && typeof keys === 'object' && keys.kind === 'list';
  if (!isList) throw new TorchFileError('the list of storages is damaged');
  return keys.items.map((key) => {
    if (typeof key !== 'string') throw new TorchFileError('the list of storages is damaged');
    return key;
  });
}

/** Behind the list of keys lies, for each in turn, its number of elements (int64) and its values. */
function locate(
  source: ByteReader,
  start: number,
  keys: readonly string[],
  storages: ReadonlyMap<string, PickledStorage>,
): Map<string, ByteReader> {
  const contents = new Map<string, ByteReader>();
  let offset = start;
  for (const key of keys) {
    const storage = storages.get(key);
    if (storage === undefined) throw new TorchFileError(`the file holds a storage ${key} that no tensor uses`);
    if (contents.has(key)) throw new TorchFileError(`the file holds storage ${key} twice`);
    const bytes = readExactly(source, offset, COUNT_BYTES, `storage ${key}`);
    const count = new DataView(bytes.buffer, bytes.byteOffset, COUNT_BYTES).getBigInt64(0, true);
    if (count !== BigInt(storage.storedCount)) {
      throw new TorchFileError(`storage ${key} has ${count} elements, ${storage.storedCount} are declared`);
    }
    const size = storage.storedCount * torchDtypeBytes[storage.dtype];
    contents.set(key, partOf(source, offset + COUNT_BYTES, size, `storage ${key}`));
    offset += COUNT_BYTES + size;
  }
  return contents;
}

/** The format of torch before 1.6: magic number, version, machine, state dict and keys as pickles, then the values. */
export function readLegacyContainer(source: ByteReader): TorchContainer {
  const cursor = new ByteCursor(source);
  checkPrologue(cursor);
  const storages = new Map<string, PickledStorage>();
  const root = readPickle(cursor, torchNames(storages));
  const keys = readKeys(cursor);
  const contents = locate(source, cursor.offset, keys, storages);
  return {
    container: 'legacy',
    root,
    contentBytes: source.size,
    storageContent: ({ key }) => {
      const content = contents.get(key);
      if (content === undefined) throw new TorchFileError(`storage ${key} is missing`);
      return content;
    },
  };
}
