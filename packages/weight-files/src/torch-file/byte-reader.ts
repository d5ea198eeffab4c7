import { TorchFileError } from './torch-file-error.ts';

/** Random access to bytes: a file, or a part of one. `read` gives exactly `length` bytes and is asked within `size` only. */
export type ByteReader = {
  readonly size: number;
  readonly read: (offset: number, length: number) => Uint8Array;
};

export function byteReader(source: Uint8Array | ByteReader): ByteReader {
  if (!(source instanceof Uint8Array)) return source;
  return { size: source.length, read: (offset, length) => source.subarray(offset, offset + length) };
}

function checkRange(source: ByteReader, offset: number, length: number, what: string): void {
  const isRange = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (isRange && offset + length <= source.size) return;
  throw new TorchFileError(`${what} is cut off: ${length} bytes wanted at ${offset} of ${source.size}`);
}

/** Bytes [offset, offset + length). Throws TorchFileError, before anything is allocated, where they are not there. */
export function readExactly(source: ByteReader, offset: number, length: number, what: string): Uint8Array {
  checkRange(source, offset, length, what);
  const bytes = source.read(offset, length);
  if (bytes.length !== length) throw new TorchFileError(`${what} is cut off: it ended while it was read`);
  return bytes;
}

/** A part of a source as a source of its own. Throws TorchFileError when the part is not inside. */
export function partOf(source: ByteReader, offset: number, size: number, what: string): ByteReader {
  checkRange(source, offset, size, what);
  return { size, read: (from, length) => source.read(offset + from, length) };
}
