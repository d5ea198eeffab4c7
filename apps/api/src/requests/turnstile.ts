import { Problem } from '../answers/problem.ts';

/** ms. Those who wait longer are sent away: clients give a request up after half a minute or so. */
const longestWaitMs = 20_000;

/** Lets work begin in order, so many at once. @throws Problem 503 for work that would wait too long */
export type Turnstile = <T>(work: () => Promise<T>) => Promise<T>;

export function openTurnstile(atOnce: number, waitMs = longestWaitMs): Turnstile {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  const enter = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (free > 0) {
        free -= 1;
        resolve();
        return;
      }
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(new Problem(503, 'Service Unavailable', 'others are still being written: ask again in a moment'));
      }, waitMs);
      waiting.push(begin);
    });
  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
