import { setTimeout as delay } from 'node:timers/promises';
import { type Database, experimentMarks } from '@spherelab/db';

/** One stream's view of an experiment. */
export type Follower = {
  /**
   * Resolves once there may be something new since it resolved last, at the latest after `patienceMs`, and when `signal` is aborted.
   * @throws what the database threw
   */
  changed(patienceMs: number, signal: AbortSignal): Promise<void>;
  leave(): void;
};

/** Looks for news of all experiments that streams follow, in one statement for all of them. */
export type News = { follow(id: string): Follower };

type Followed = { followers: number; mark: string; readonly waiting: Set<() => void> };

/** Of one that was not looked at yet, and of one that is not there. */
const unknown = '';

export function openNews(database: Database, pollMs: number): News {
  const followed = new Map<string, Followed>();
  let failure: unknown = null;
  let isLooking = false;

  const wake = ({ waiting }: Followed) => {
    for (const tell of waiting) tell();
    waiting.clear();
  };
  const look = async (): Promise<void> => {
    const asked = [...followed];
    const ids = asked.map(([id]) => id);
    const marks = await experimentMarks(database.pool, ids);
    for (const [id, entry] of asked) {
      const mark = marks.get(id) ?? 'gone';
      if (mark === entry.mark) continue;
      entry.mark = mark;
      wake(entry);
    }
  };
  const lookWhileFollowed = async (): Promise<void> => {
    isLooking = true;
    while (followed.size > 0) {
      try {
        await look();
      } catch (error) {
        // Who waits breaks off and is asked anew by its client.
        failure = error;
        for (const entry of followed.values()) wake(entry);
      }
      await delay(pollMs);
      failure = null;
    }
    isLooking = false;
  };

  const follow = (id: string): Follower => {
    const entry = followed.get(id) ?? { followers: 0, mark: unknown, waiting: new Set() };
    entry.followers += 1;
    followed.set(id, entry);
    if (!isLooking) void lookWhileFollowed();
    let seen = unknown;
    return {
      changed: async (patienceMs, signal) => {
        if (entry.mark === seen && failure === null) await woken(entry.waiting, patienceMs, signal);
        if (failure !== null) throw failure;
        // Before what is read next: what comes after this mark has another one.
        seen = entry.mark;
      },
      leave: () => {
        entry.followers -= 1;
        if (entry.followers === 0) followed.delete(id);
      },
    };
  };
  return { follow };
}

async function woken(waiting: Set<() => void>, patienceMs: number, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  const told = new Promise<void>((resolve) => {
    waiting.add(resolve);
    enough.signal.addEventListener('abort', () => waiting.delete(resolve), { once: true });
  });
  const either = AbortSignal.any([signal, enough.signal]);
  await Promise.race([told, delay(patienceMs, undefined, { signal: either }).catch(() => undefined)]);
  enough.abort();
}
