import { createHash } from 'node:crypto';
import { isStampFinal } from '../file-stamp.ts';
import { type PictureFile, readPictureFile } from './picture-file.ts';

/** 20 MB of paths and hashes; beyond it files are hashed anew, which costs 0.1 ms each. */
const MAX_KNOWN = 100_000;

export type PictureBytes = {
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
};

const known = new Map<string, { readonly stamp: string; readonly sha256: string }>();

/** The bytes of a file and their hash. */
export function readHashedPicture(file: PictureFile): PictureBytes {
  const bytes = readPictureFile(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (isStampFinal(file) && (known.has(file.path) || known.size < MAX_KNOWN)) {
    known.set(file.path, { stamp: file.stamp, sha256 });
  }
  return { sha256, bytes };
}

/** The hash of a file that was read by this thread and has not changed since: size, inode and times tell. Else null. */
export function knownPictureHash(file: PictureFile): string | null {
  const before = known.get(file.path);
  return before?.stamp === file.stamp ? before.sha256 : null;
}
