import { setTimeout as delay } from 'node:timers/promises';
import { type Database, inTransaction, takeFromOutbox } from '@spherelab/db';
import type { ExperimentQueue } from '@spherelab/queue';

const batchSize = 500;
/** ms after which the queue store counts as away; the rows stay in the outbox then. */
const addWithinMs = 10_000;

/**
 * Moves what is due from the outbox to the queue. A crash in the middle leaves the rows or a job that is there twice, and a
 * second job for the same attempt is none (its id is the same).
 * @returns rows moved
 */
export async function relayOutbox(database: Database, queue: Pick<ExperimentQueue, 'add'>): Promise<number> {
  let moved = 0;
  for (;;) {
    const taken = await inTransaction(database, async (client) => {
      const batch = await takeFromOutbox(client, batchSize);
      if (batch.hints.length > 0) await withinTime(queue.add(batch.hints));
      return batch.taken;
    });
    moved += taken;
    if (taken < batchSize) return moved;
  }
}

/** @throws where the store does not answer in time */
export async function withinTime<T>(answer: Promise<T>): Promise<T> {
  const late = Symbol('late');
  const timer = new AbortController();
  try {
    const first = await Promise.race([answer, delay(addWithinMs, late, { signal: timer.signal })]);
    if (first === late) throw new Error(`the queue store did not answer within ${addWithinMs} ms`);
    return first as T;
  } finally {
    timer.abort();
    answer.catch(() => undefined);
  }
}
