import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  futimesSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheEntryBytes, readCacheEntry, writeCacheEntry } from './cache-entry.ts';
import { decoderVersion } from './decode-picture.ts';
import { MAX_RESIZED_BYTES } from './picture-transform.ts';
import type { Picture } from './pillow-resize.ts';
import { unfinishedPrefix } from './sweep-cache.ts';

/** Raise it whenever the resize gives other pixels. */
const RESIZE_RULE = 1;

/** How exactly the time of last use is kept: often enough for eviction, seldom enough to cost nothing. */
const TOUCH_AFTER_MS = 60_000;

/** What the pixels of an entry follow from. */
export type PictureKey = { readonly sha256: string; readonly shortSide: number };

/** Where resized pictures lie. An entry's name says all that its pixels follow from, so it never becomes stale. */
function entryPath(folder: string, { sha256, shortSide }: PictureKey): string {
  const version = `rule-${RESIZE_RULE}-${decoderVersion}`;
  return join(folder, version, sha256.slice(0, 2), `${sha256.slice(2)}-${shortSide}`);
}

/** The picture, or null where it is not there or is damaged; one that is damaged is replaced by the next write. */
export function readCachedPicture(folder: string, key: PictureKey): Picture | null {
  let file: number;
  try {
    file = openSync(entryPath(folder, key), 'r');
  } catch {
    return null;
  }
  try {
    const { size, mtimeMs } = fstatSync(file);
    if (size > MAX_RESIZED_BYTES * 2) return null;
    const entry = Buffer.allocUnsafeSlow(size);
    if (readSync(file, entry, 0, size, 0) !== size) return null;
    const now = Date.now();
    if (now - mtimeMs > TOUCH_AFTER_MS) futimesSync(file, now / 1000, now / 1000);
    return readCacheEntry(entry);
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

/**
 * Stores a picture unless it has more than `room` bytes. It appears whole or not at all, whoever else writes it.
 * Returns the bytes written. Throws where the folder cannot be written.
 */
export function writeCachedPicture(folder: string, key: PictureKey, picture: Picture, room: number): number {
  const bytes = cacheEntryBytes(picture);
  if (bytes > room) return 0;
  const path = entryPath(folder, key);
  const unfinished = join(dirname(path), `${unfinishedPrefix}${randomUUID()}`);
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(unfinished, writeCacheEntry(picture));
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return bytes;
}
