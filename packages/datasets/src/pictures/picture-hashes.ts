import { createHash } from 'node:crypto';
import { isStampFinal } from '../file-stamp.ts';
import { type PictureFile, readPictureFile } from './picture-file.ts';

/** 20 MB of paths and hashes; beyond it files are hashed anew, which costs 0.1 ms each. */
const MAX_KNOWN = 100_000;

export type HashedPicture = {
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  /** The bytes where they had to be read for it. */
  readonly bytes: Uint8Array | null;
};

const known = new Map<string, { readonly stamp: string; readonly sha256: string }>();

/** The hash of a file's content. Unchanged files are hashed once in this thread: size, inode and times tell. */
export function hashPicture(file: PictureFile): HashedPicture {
  const before = known.get(file.path);
  if (before?.stamp === file.stamp) return { sha256: before.sha256, bytes: null };
  const bytes = readPictureFile(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (isStampFinal(file) && (known.has(file.path) || known.size < MAX_KNOWN)) {
    known.set(file.path, { stamp: file.stamp, sha256 });
  }
  return { sha256, bytes };
}
