import { decodePicture } from './decode-picture.ts';
import { readCachedPicture, writeCachedPicture } from './picture-cache.ts';
import { type PictureFile, readPictureFile } from './picture-file.ts';
import { hashPicture } from './picture-hashes.ts';
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

/**
 * The picture of a file with its shorter side resized: from the cache where it is there, else decoded, with the same
 * pixels. Rejects for a file that cannot be decoded.
 */
export async function resizedPicture(file: PictureFile, shortSide: number, cache: CacheRoom | null): Promise<Picture> {
  if (cache === null) return resizeShortSide(await decodePicture(readPictureFile(file)), shortSide);
  const { sha256, bytes } = hashPicture(file);
  const key = { sha256, shortSide };
  const cached = readCachedPicture(cache.folder, key);
  if (cached !== null) return cached;
  const picture = resizeShortSide(await decodePicture(bytes ?? readPictureFile(file)), shortSide);
  try {
    cache.room -= writeCachedPicture(cache.folder, key, picture, cache.room);
  } catch (error) {
    cache.room = 0;
    warnOnce(cache.folder, error);
  }
  return picture;
}
