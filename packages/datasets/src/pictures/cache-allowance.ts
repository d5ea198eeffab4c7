import type { CacheUse } from './picture-task.ts';
import { sweepCache, WRITE_SHARE } from './sweep-cache.ts';

/** Where resized pictures are kept on disk, and how many bytes of them. */
export type CacheLimit = { readonly folder: string; readonly limitBytes: number };

/**
 * Deals out what a process may write to the cache between two sweeps, so that the limit holds whatever other processes
 * write. The first sweep is done at once.
 */
export class CacheAllowance {
  readonly #limit: CacheLimit;
  readonly #whole: number;
  #written = 0;
  /** Set aside for tasks under way. */
  #reserved = 0;

  constructor(limit: CacheLimit) {
    this.#limit = limit;
    this.#whole = Math.floor(limit.limitBytes * WRITE_SHARE);
    sweepCache(limit.folder, limit.limitBytes);
  }

  /** What one task may use. Its room is set aside until `settle` says how much of it was written. */
  take(): CacheUse {
    const sweep = this.#written >= this.#whole / 2;
    if (sweep) this.#written = 0;
    const room = Math.floor((this.#whole - this.#written - this.#reserved) / 2);
    this.#reserved += room;
    return { ...this.#limit, room, sweep };
  }

  settle(use: CacheUse, writtenBytes: number): void {
    this.#reserved -= use.room;
    this.#written += writtenBytes;
  }
}
