import { setImmediate } from 'node:timers/promises';

let last: Promise<unknown> = Promise.resolve();

/**
 * Waits for a round of the event loop of one's own, after those who asked before: work of some milliseconds is done in it,
 * and what else there is to do comes in between. One queue for the process, as there is one event loop.
 */
export async function turn(): Promise<void> {
  last = last.then(() => setImmediate());
  await last;
}
