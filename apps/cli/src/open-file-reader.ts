import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteReader } from '@spherelab/models/torch-file';
import { CliError } from './cli-error.ts';

const BLOCK_BYTES = 1 << 20;

/** Random access to a file, and what closes it. Throws CliError where it cannot be opened. */
export function openFileReader(file: string): [reader: ByteReader, close: () => void] {
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
    throw new CliError(`${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, null, { cause });
  }
  if (fstatSync(handle).isFile()) return handle;
  closeSync(handle);
  throw new CliError(`${file} is no file`);
}

/** SHA-256 of everything, hex. */
export function readerSha256(reader: ByteReader): string {
  const hash = createHash('sha256');
  for (let at = 0; at < reader.size; at += BLOCK_BYTES) {
    hash.update(reader.read(at, Math.min(BLOCK_BYTES, reader.size - at)));
  }
  return hash.digest('hex');
}
