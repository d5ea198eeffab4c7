import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FileStamp, stampOf } from '../file-stamp.ts';
import type { Pause } from './time-slices.ts';

const BLOCK_BYTES = 1 << 20;
/** A file that is written all the time gets the hash of its last reading; its stamp is not final, so nobody keeps that. */
const MAX_READINGS = 4;

/** SHA-256 (hex) of the bytes that a file had under a stamp. */
export type HashedFile = FileStamp & { readonly sha256: string };

/** Hashes a file, again where it changed meanwhile. Throws where it cannot be read. */
export async function hashFile(path: string, pause: Pause): Promise<HashedFile> {
  // A pipe that took the file's place would keep a plain open waiting.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    for (let reading = 1; ; reading += 1) {
      const before = stampOf(fstatSync(file, { bigint: true }));
      const sha256 = await hashOf(file, pause);
      const after = stampOf(fstatSync(file, { bigint: true }));
      if (before.stamp === after.stamp || reading === MAX_READINGS) return { ...after, sha256 };
    }
  } finally {
    closeSync(file);
  }
}

async function hashOf(file: number, pause: Pause): Promise<string> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, fstatSync(file).size + 1));
  for (let at = 0; ; ) {
    const count = readSync(file, block, 0, block.length, at);
    if (count === 0) return hash.digest('hex');
    hash.update(block.subarray(0, count));
    at += count;
    await pause();
  }
}
