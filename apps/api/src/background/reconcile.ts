import {
  type Database,
  explainMissingGpu,
  giveUpExpiredAttempts,
  queuedHints,
  type RetryPolicy,
  removeAbandonedCheckpoints,
} from '@spherelab/db';
import type { ExperimentQueue } from '@spherelab/queue';
import { withinTime } from './relay-outbox.ts';

const pageSize = 500;

/**
 * Brings the queue to what the rows say: attempts whose lease ran out are closed and their experiments queued again, and the
 * queue is told of every queued experiment (again: what it has already, it keeps as it is). Each API process does this; doing it
 * twice, or at once, changes nothing more.
 * @returns experiments whose attempt was lost
 */
export async function reconcile(
  database: Database,
  queue: Pick<ExperimentQueue, 'add'>,
  policy: RetryPolicy,
): Promise<string[]> {
  const lost = await giveUpExpiredAttempts(database.pool, policy);
  await explainMissingGpu(database.pool);
  await removeAbandonedCheckpoints(database.pool);
  let after: string | null = null;
  for (;;) {
    const hints = await queuedHints(database.pool, after, pageSize);
    if (hints.length > 0) await withinTime(queue.add(hints));
    const last = hints.at(-1);
    if (last === undefined || hints.length < pageSize) return lost;
    after = last.id;
  }
}
