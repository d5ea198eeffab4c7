import { closeSync, openSync, rmSync, statSync, utimesSync } from 'node:fs';

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
    closeSync(openSync(file, 'wx'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const shownMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (shownMs !== undefined && Date.now() - shownMs < ABANDONED_MS) return null;
    // Left by a process that died.
    rmSync(file, { force: true });
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
