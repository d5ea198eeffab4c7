import type { BigIntStats } from 'node:fs';

/** A file changed again within the clock's step could keep its stamp; one that is older than this cannot. */
const FINAL_AFTER_MS = 2_000;

/** A file as it was found: changed content has another stamp. */
export type FileStamp = { readonly stamp: string; readonly changedMs: number };

export function stampOf({ dev, ino, size, mtimeNs, ctimeNs, ctimeMs }: BigIntStats): FileStamp {
  return { stamp: [dev, ino, size, mtimeNs, ctimeNs].join(), changedMs: Number(ctimeMs) };
}

/** Whether what was read from a file may be remembered by its stamp. */
export function isStampFinal({ changedMs }: FileStamp): boolean {
  return Date.now() - changedMs > FINAL_AFTER_MS;
}
