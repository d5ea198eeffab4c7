import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** ms. The holder shows itself after each batch, which takes a second or two. */
const ABANDONED_MS = 60_000;

/** That this process is making something which others want too, and would make a second time. */
export type WorkLock = {
  /** To be called while it goes on. */
  readonly show: () => void;
  readonly release: () => void;
};

/**
 * Takes the lock, or null where a process that shows itself has it. It only saves work: two that hold it at once, as across machines
 * whose clocks differ, do no harm.
 */
export function takeWorkLock(file: string): WorkLock | null {
  try {
    writeFileSync(file, `${process.pid} ${hostname()}`, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // Left by a process that died.
    if (isAbandoned(file)) rmSync(file, { force: true });
    return null;
  }
  return {
    show: () => {
      try {
        utimesSync(file, new Date(), new Date());
      } catch {
        // Taken away meanwhile: somebody else may do the work too.
      }
    },
    release: () => rmSync(file, { force: true }),
  };
}

export type MadeOnce<T> = {
  /** Takes the lock of whoever makes it; null where another process has it. */
  readonly lock: () => WorkLock | null | Promise<WorkLock | null>;
  /** What is there; null where nothing is yet. */
  readonly find: () => Promise<T | null>;
  /** Makes it and puts it there; `show` is to be called while that goes on. null: it was stopped. */
  readonly make: (show: () => void) => Promise<T | null>;
  /** Called between two looks at what another process makes; false ends the waiting. */
  readonly onWait: () => Promise<boolean>;
};

/** What is there, or is made now: of processes that want it at once, one makes it and the others wait. null: stopped. */
export async function madeOnce<T>({ lock, find, make, onWait }: MadeOnce<T>): Promise<T | null> {
  for (;;) {
    const known = await find();
    if (known !== null) return known;
    const held = await lock();
    if (held !== null) {
      try {
        // Whoever had the lock before may have made it meanwhile.
        return (await find()) ?? (await make(held.show));
      } finally {
        held.release();
      }
    }
    if (!(await onWait())) return null;
  }
}

/** Its holder has not shown itself for long, or was a process of this machine that is gone. */
function isAbandoned(file: string): boolean {
  const shownMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (shownMs === undefined) return false;
  return Date.now() - shownMs >= ABANDONED_MS || isHolderGone(file);
}

function isHolderGone(file: string): boolean {
  try {
    const [pid, host] = readFileSync(file, 'utf8').split(' ');
    if (host !== hostname()) return false;
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
