import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DatasetError } from './dataset-error.ts';

const BLOCK_BYTES = 1 << 20;

/** Random access to bytes, as the reader of weight files takes them; a read at the end may give fewer. */
export type FileReader = {
  readonly size: number;
  readonly read: (offset: number, length: number) => Uint8Array;
};

/** Random access to a file, and what closes it. Throws DatasetError unreadable_file. */
export function openFileReader(file: string): [reader: FileReader, close: () => void] {
  const handle = open(file);
  const { size } = fstatSync(handle);
  const read = (offset: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const count = readSync(handle, bytes, done, length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  };
  return [{ size, read }, () => closeSync(handle)];
}

function open(file: string): number {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (cause) {
    throw unreadable(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, cause);
  }
  if (fstatSync(handle).isFile()) return handle;
  closeSync(handle);
  throw unreadable(`${file} is no file`);
}

function unreadable(message: string, cause?: unknown): DatasetError {
  return new DatasetError('unreadable_file', message, { field: 'weights', cause });
}

/** SHA-256 of everything, hex. */
export function readerSha256(reader: FileReader): string {
  const hash = createHash('sha256');
  for (let at = 0; at < reader.size; at += BLOCK_BYTES) {
    hash.update(reader.read(at, Math.min(BLOCK_BYTES, reader.size - at)));
  }
  return hash.digest('hex');
}
