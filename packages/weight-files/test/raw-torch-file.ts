import { encodeZip } from '../src/torch-file/encode-zip.ts';

/** Texts as latin1, numbers as one byte each: pickles written by hand. */
export function bytesOf(...parts: readonly (string | number | readonly number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => {
      if (typeof part === 'string') return [...Buffer.from(part, 'latin1')];
      return typeof part === 'number' ? [part] : [...part];
    }),
  );
}

export function uint32(value: number): number[] {
  return [...new Uint8Array(Uint32Array.of(value).buffer)];
}

function int64(value: number): number[] {
  return [...new Uint8Array(BigInt64Array.of(BigInt(value)).buffer)];
}

/** A file in the older format around a hand-written pickle of the state dict. */
export function legacyFile(
  statePickle: Uint8Array,
  storages: readonly { readonly key: string; readonly values: Float32Array }[] = [],
): Uint8Array {
  const magic = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  const keys = storages.flatMap(({ key }) => [...bytesOf('U', key.length, key)]);
  return bytesOf(
    bytesOf(0x80, 2, 0x8a, magic.length, magic, '.'),
    bytesOf(0x80, 2, 'M', 0xe9, 0x03, '.'),
    bytesOf(0x80, 2, '}(U', 13, 'little_endian', 0x88, 'u.'),
    statePickle,
    bytesOf(0x80, 2, '](', keys, 'e.'),
    ...storages.flatMap(({ values }) => [int64(values.length), new Uint8Array(values.slice().buffer)]),
  );
}

/** A file in the zip format around a hand-written pickle. */
export function zipFile(statePickle: Uint8Array, storages: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  const records = Object.entries(storages).map(([key, content]) => ({ name: `a/data/${key}`, content }));
  return encodeZip([{ name: 'a/data.pkl', content: statePickle }, ...records]);
}

/** Opcodes of a float32 tensor in a zip file: `count` elements stored under key, seen as `shape` at `stride`. */
export function tensorOpcodes(
  key: string,
  count: number,
  shape: readonly number[],
  stride: readonly number[],
): Uint8Array {
  const numbers = (values: readonly number[]) => bytesOf('(', ...values.map((value) => `I${value}\n`), 't');
  const id = bytesOf('(U', 7, 'storagectorch\nFloatStorage\nU', key.length, key, 'U', 3, 'cpu', `I${count}\ntQ`);
  return bytesOf('ctorch._utils\n_rebuild_tensor_v2\n(', id, 'K', 0, numbers(shape), numbers(stride), 'NNtR');
}
