/** ms of synchronous work between two turns of the loop. */
const SLICE_MS = 10;

/** Called between two pieces of long work: lets the loop have a turn where the slice is used up. */
export type Pause = () => Promise<void> | undefined;

/**
 * Synchronous calls read small files three times as fast as asynchronous ones, and keep the threads that serve a process's
 * asynchronous calls free; in slices they delay nobody by more than one.
 */
export function timeSlices(): Pause {
  let end = performance.now() + SLICE_MS;
  return () => {
    if (performance.now() < end) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        end = performance.now() + SLICE_MS;
        resolve();
      });
    });
  };
}
