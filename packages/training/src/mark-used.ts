import { utimesSync } from 'node:fs';

/** Marks what a cache holds as used now: what is not used for long is cleaned away. */
export function markUsed(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Somebody else's cache: it stays as it is.
  }
}
