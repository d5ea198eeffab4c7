import { readFileSync, statSync } from 'node:fs';
import { type FileStamp, stampOf } from '../file-stamp.ts';

/** Larger than any picture of a data set; a larger file is refused before it is read. */
export const maxPictureBytes = 64 * 2 ** 20;

export type PictureFile = FileStamp & { readonly path: string };

/** At the path is nothing that is read. */
export class NoPictureFileError extends Error {}

/** Looks a picture's file up. Throws NoPictureFileError for what is not there, is no plain file (a pipe would never end) or too large. */
export function findPictureFile(path: string): PictureFile {
  const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (facts === undefined) throw new NoPictureFileError('there is no such file');
  if (!facts.isFile()) throw new NoPictureFileError('it is not a file');
  if (facts.size > maxPictureBytes)
    throw new NoPictureFileError(`it has ${facts.size} bytes; at most ${maxPictureBytes} are read`);
  return { path, ...stampOf(facts) };
}

export function readPictureFile({ path }: PictureFile): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new NoPictureFileError('there is no such file', { cause }); // it was there when it was looked up
  }
}
