import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const HASH_BYTES = 32;

/** Bytes of a cache file as they are written: their SHA-256 before them. */
export function withHash(bytes: Uint8Array): Buffer {
  return Buffer.concat([hashOf(bytes), bytes]);
}

/** What `withHash` wrote; null where the file is not there, or damaged. */
export async function readHashedFile(file: string): Promise<Buffer | null> {
  const content = await readFile(file).catch(() => null);
  if (content === null || content.length <= HASH_BYTES) return null;
  const bytes = content.subarray(HASH_BYTES);
  return hashOf(bytes).equals(content.subarray(0, HASH_BYTES)) ? bytes : null;
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
