import { readFileSync, statSync } from 'node:fs';
import { type FileStamp, stampOf } from '../file-stamp.ts';

/** Larger than any picture of a data set; a larger file is refused before it is read. */
const MAX_FILE_BYTES = 64 * 2 ** 20;

export type PictureFile = FileStamp & { readonly path: string };

/** Looks a picture's file up. Throws for what is not there, is no plain file (a pipe would never end) or is too large. */
export function findPictureFile(path: string): PictureFile {
  const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (facts === undefined) throw new Error('there is no such file');
  if (!facts.isFile()) throw new Error('it is not a file');
  if (facts.size > MAX_FILE_BYTES) throw new Error(`it has ${facts.size} bytes; at most ${MAX_FILE_BYTES} are read`);
  return { path, ...stampOf(facts) };
}

export function readPictureFile({ path }: PictureFile): Uint8Array {
  return readFileSync(path);
}
