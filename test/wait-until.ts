import { setTimeout as delay } from 'node:timers/promises';

/** Waits for something that another process does. @throws when it does not happen in time */
export async function waitUntil(what: string, condition: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; await delay(20)) if (await condition()) return;
  throw new Error(`${what}: did not happen within ${ms} ms`);
}
