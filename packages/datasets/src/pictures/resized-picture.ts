import { decodePicture } from './decode-picture.ts';
import { type PictureKey, readCachedPicture, writeCachedPicture } from './picture-cache.ts';
import type { PictureFile } from './picture-file.ts';
import { knownPictureHash, readHashedPicture } from './picture-hashes.ts';
import { resizeShortSide } from './picture-transform.ts';
import type { Picture } from './pillow-resize.ts';

/** The cache's folder and how many bytes may still be written to it; the bytes written are taken from it. */
export type CacheRoom = { readonly folder: string; room: number };

let hasWarned = false;

/** A cache that cannot be written makes a run slower, not wrong: it is said once, and the run goes on. */
function warnOnce(folder: string, error: unknown): void {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(
    `pictures cannot be kept in ${folder}: ${error instanceof Error ? error.message : String(error)}`,
  );
}

/** The file has other bytes than it had when its data set was opened. */
export class ChangedPictureError extends Error {}

function check(sha256: string, expected: string | null): void {
  if (expected !== null && sha256 !== expected) throw new ChangedPictureError('it has other bytes');
}

/**
 * The picture of a file with its shorter side resized: from the cache where it is there, else decoded, with the same
 * pixels. Bytes that are decoded are always hashed, which costs a thirtieth of decoding them. Rejects for a file that cannot be
 * decoded, and with ChangedPictureError for one that does not hash to `expected`.
 */
export async function resizedPicture(
  file: PictureFile,
  expected: string | null,
  shortSide: number,
  cache: CacheRoom | null,
): Promise<Picture> {
  const known = cache === null ? null : knownPictureHash(file);
  if (known !== null && cache !== null) {
    check(known, expected);
    const cached = readCachedPicture(cache.folder, { sha256: known, shortSide });
    if (cached !== null) return cached;
  }
  const { sha256, bytes } = readHashedPicture(file);
  check(sha256, expected);
  const key = { sha256, shortSide };
  const cached = cache === null || known === sha256 ? null : readCachedPicture(cache.folder, key);
  if (cached !== null) return cached;
  const picture = resizeShortSide(await decodePicture(bytes), shortSide);
  if (cache !== null) keep(cache, key, picture);
  return picture;
}

function keep(cache: CacheRoom, key: PictureKey, picture: Picture): void {
  try {
    cache.room -= writeCachedPicture(cache.folder, key, picture, cache.room);
  } catch (error) {
    cache.room = 0;
    warnOnce(cache.folder, error);
  }
}
