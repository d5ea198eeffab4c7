import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import { sweepCache, unfinishedPrefix } from '@spherelab/datasets';
import { takeWorkLock, type WorkLock } from './work-lock.ts';

/** Some megabytes a network and seed; those used least recently make room. */
const LIMIT_BYTES = 2 ** 30;
const HASH_BYTES = 32;
/** Between two looks at what another process makes. */
const WAIT_MS = 50;

export type MakeOnce<T> = {
  /** All that the result follows from, as text. */
  readonly of: string;
  /** Called while another process makes it; false ends the waiting. */
  readonly onWait: () => Promise<boolean>;
  /** Makes it; null where it was stopped. `show` is to be called while that goes on. */
  readonly make: (show: () => void) => Promise<T | null>;
};

/** What was computed once for all runs of this machine: plain values and typed arrays, by what they follow from. */
export type KeptResults = {
  /** null where it is not kept, or damaged. */
  readonly read: <T>(of: string) => Promise<T | null>;
  /** Where it cannot be kept, it is made again next time. */
  readonly write: (of: string, value: unknown) => void;
  /** A result that is kept, or that is made and kept now; two processes that want it at once make it once. null: stopped. */
  readonly once: <T>(options: MakeOnce<T>) => Promise<{ readonly value: T; readonly isNew: boolean } | null>;
};

/** Results in `evaluations/` under a cache folder that any number of processes share. */
export function openKeptResults(cacheFolder: string): KeptResults {
  const folder = path.join(cacheFolder, 'evaluations');
  const fileOf = (of: string): string => path.join(folder, createHash('sha256').update(of).digest('hex'));
  const read = async <T>(of: string): Promise<T | null> => {
    const file = fileOf(of);
    const content = await readFile(file).catch(() => null);
    if (content === null || content.length <= HASH_BYTES) return null;
    const bytes = content.subarray(HASH_BYTES);
    if (!hashOf(bytes).equals(content.subarray(0, HASH_BYTES))) return null;
    markUsed(file);
    return deserialize(bytes) as T;
  };
  const write = (of: string, value: unknown): void => {
    const unfinished = path.join(folder, `${unfinishedPrefix}${randomUUID()}`);
    try {
      mkdirSync(folder, { recursive: true });
      const bytes = serialize(value);
      writeFileSync(unfinished, Buffer.concat([hashOf(bytes), bytes]));
      renameSync(unfinished, fileOf(of));
      sweepCache(folder, LIMIT_BYTES);
    } catch {
      // A full or foreign disk.
      discard(unfinished);
    }
  };
  return {
    read,
    write,
    once: async <T>({ of, onWait, make }: MakeOnce<T>) => {
      for (;;) {
        const known = await read<T>(of);
        if (known !== null) return { value: known, isNew: false };
        const lock = await lockFor(fileOf(of));
        if (lock !== null) {
          try {
            // Whoever had the lock before may have made it meanwhile.
            const made = await read<T>(of);
            if (made !== null) return { value: made, isNew: false };
            const value = await make(lock.show);
            if (value !== null) write(of, value);
            return value === null ? null : { value, isNew: true };
          } finally {
            lock.release();
          }
        }
        if (!(await onWait())) return null;
        await setTimeout(WAIT_MS);
      }
    },
  };
}

/** A disk on which no lock can be made keeps nobody from the work. */
async function lockFor(file: string): Promise<WorkLock | null> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    return takeWorkLock(`${file}.lock`);
  } catch {
    return { show: () => undefined, release: () => undefined };
  }
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It is not there, for there is no such folder.
  }
}

/** What is not used for long is cleaned away. */
function markUsed(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Somebody else's cache: it stays as it is.
  }
}
