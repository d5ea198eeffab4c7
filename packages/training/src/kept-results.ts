import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import { sweepCache, unfinishedPrefix } from '@spherelab/datasets';
import { readHashedFile, withHash } from './hashed-file.ts';
import { markUsed } from './mark-used.ts';
import { madeOnce, takeWorkLock, type WorkLock } from './work-lock.ts';

/** Some megabytes a network and seed; those used least recently make room. */
const LIMIT_BYTES = 2 ** 30;
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
    const bytes = await readHashedFile(file);
    if (bytes === null) return null;
    markUsed(file);
    return deserialize(bytes) as T;
  };
  const write = (of: string, value: unknown): void => {
    const unfinished = path.join(folder, `${unfinishedPrefix}${randomUUID()}`);
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(unfinished, withHash(serialize(value)));
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
    once: <T>({ of, onWait, make }: MakeOnce<T>) =>
      madeOnce<{ readonly value: T; readonly isNew: boolean }>({
        lock: () => lockFor(fileOf(of)),
        find: async () => {
          const value = await read<T>(of);
          return value === null ? null : { value, isNew: false };
        },
        make: async (show) => {
          const value = await make(show);
          if (value !== null) write(of, value);
          return value === null ? null : { value, isNew: true };
        },
        onWait: async () => {
          const goesOn = await onWait();
          if (goesOn) await setTimeout(WAIT_MS);
          return goesOn;
        },
      }),
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

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It is not there, for there is no such folder.
  }
}
