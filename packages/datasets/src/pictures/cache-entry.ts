import { createHash } from 'node:crypto';
import type { Picture } from './pillow-resize.ts';

// An entry: magic, width, height (uint32, little endian), SHA-256 of all else, then the pixels.
const MAGIC = Buffer.from('SLPIC\0\0\x01', 'latin1');
const SIZES_AT = MAGIC.length;
const HASH_AT = SIZES_AT + 8;
const HEADER_BYTES = HASH_AT + 32;

function hashOf(entry: Uint8Array): Buffer {
  return createHash('sha256').update(entry.subarray(0, HASH_AT)).update(entry.subarray(HEADER_BYTES)).digest();
}

export function cacheEntryBytes({ pixels }: Picture): number {
  return HEADER_BYTES + pixels.length;
}

export function writeCacheEntry(picture: Picture): Uint8Array {
  const entry = Buffer.alloc(cacheEntryBytes(picture));
  MAGIC.copy(entry);
  entry.writeUInt32LE(picture.width, SIZES_AT);
  entry.writeUInt32LE(picture.height, SIZES_AT + 4);
  entry.set(picture.pixels, HEADER_BYTES);
  hashOf(entry).copy(entry, HASH_AT);
  return entry;
}

/** The picture of an entry, or null for one that is cut short, changed or not an entry at all. */
export function readCacheEntry(entry: Buffer): Picture | null {
  if (entry.length < HEADER_BYTES || !entry.subarray(0, SIZES_AT).equals(MAGIC)) return null;
  const width = entry.readUInt32LE(SIZES_AT);
  const height = entry.readUInt32LE(SIZES_AT + 4);
  if (entry.length !== HEADER_BYTES + width * height * 3) return null;
  if (!hashOf(entry).equals(entry.subarray(HASH_AT, HEADER_BYTES))) return null;
  return { width, height, pixels: entry.subarray(HEADER_BYTES) };
}
