import { type BigIntStats, statSync } from 'node:fs';

/** A file changed again within the clock's step could keep its stamp; one that is older than this cannot. */
const SETTLED_MS = 2_000;

/** A file as it was found: changed content has another stamp. */
export type FileStamp = { readonly stamp: string; readonly changedMs: number };

export function stampOf({ dev, ino, size, mtimeNs, ctimeNs, ctimeMs }: BigIntStats): FileStamp {
  return { stamp: [dev, ino, size, mtimeNs, ctimeNs].join(), changedMs: Number(ctimeMs) };
}

/** The stamp of files together, or null where one is missing. */
export function stampOfFiles(paths: readonly string[]): FileStamp | null {
  const stamps: FileStamp[] = [];
  for (const path of paths) {
    const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (facts === undefined) return null;
    stamps.push(stampOf(facts));
  }
  return {
    stamp: stamps.map(({ stamp }) => stamp).join(';'),
    changedMs: Math.max(...stamps.map(({ changedMs }) => changedMs)),
  };
}

/** Whether what was read from a file may be remembered by its stamp. */
export function isStampFinal({ changedMs }: FileStamp): boolean {
  return Date.now() - changedMs > SETTLED_MS;
}
