import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Prefix of files that are not yet entries. */
export const unfinishedPrefix = 'tmp-';

/** An unfinished file as old as this was left by a process that died. */
const ABANDONED_MS = 3_600_000;
/** Eviction begins above the first share of the limit and goes down to the second, so that it is not needed at once again. */
const FULL_SHARE = 7 / 8;
const SWEPT_SHARE = 3 / 4;

/** Share of the limit that a process may write between two sweeps: up to four processes together stay below the limit. */
export const WRITE_SHARE = 1 / 32;

type Entry = { readonly path: string; readonly bytes: number; readonly usedMs: number };

/** Files under a folder, whatever its depth. What disappears meanwhile, by another process's sweep, is left out. */
function filesUnder(folder: string): Entry[] {
  let found: Entry[] = [];
  for (const { name, isFolder } of namesIn(folder)) {
    const path = join(folder, name);
    if (isFolder) found = found.concat(filesUnder(path));
    else {
      const facts = statSync(path, { throwIfNoEntry: false });
      if (facts !== undefined) found.push({ path, bytes: facts.size, usedMs: facts.mtimeMs });
    }
  }
  return found;
}

function namesIn(folder: string): { name: string; isFolder: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
    }));
  } catch {
    return []; // not there yet, or not any more
  }
}

function remove({ path }: Entry): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Not ours to remove: it stays, and the next sweep finds it again.
  }
}

/**
 * Removes the pictures that were used least recently until the cache has room, and what dead processes left unfinished.
 * Returns the bytes that are left. Any number of processes may sweep at once.
 */
export function sweepCache(folder: string, limitBytes: number): number {
  const now = Date.now();
  const files = filesUnder(folder);
  const isUnfinished = ({ path }: Entry): boolean => basename(path).startsWith(unfinishedPrefix);
  const abandoned = files.filter((file) => isUnfinished(file) && now - file.usedMs > ABANDONED_MS);
  for (const file of abandoned) remove(file);
  const entries = files.filter((file) => !isUnfinished(file));
  let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= limitBytes * FULL_SHARE) return total;
  for (const entry of entries.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= limitBytes * SWEPT_SHARE) break;
    remove(entry);
    total -= entry.bytes;
  }
  return total;
}
