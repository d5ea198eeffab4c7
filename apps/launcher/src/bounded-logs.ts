import { copyFileSync, statSync, truncateSync } from 'node:fs';
import { localRetention } from '@spherelab/host';

/**
 * Keeps logs from growing for ever: one that has reached its bound becomes `NAME.1` and begins anew. It is copied and emptied, not
 * renamed, for the programs that append to it hold it open.
 * @returns what stops it
 */
export function boundLogs(files: () => readonly string[], bytes: number = localRetention.logBytes): () => void {
  const look = () => {
    for (const file of files()) {
      try {
        if (statSync(file).size < bytes) continue;
        copyFileSync(file, `${file}.1`);
        truncateSync(file);
      } catch {
        // Not there yet, or the disk is full: the next look tries again.
      }
    }
  };
  look();
  const timer = setInterval(look, localRetention.logLookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
