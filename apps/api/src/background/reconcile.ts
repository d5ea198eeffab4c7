import {
  type Database,
  explainMissingGpu,
  giveUpExpiredAttempts,
  queuedHints,
  type RetryPolicy,
  releaseWaiting,
  removeAbandonedCheckpoints,
} from '@spherelab/db';
import type { ExperimentQueue } from '@spherelab/queue';
import { withinTime } from './relay-outbox.ts';

/** Jobs of one line that workers could take until the next round; a long line is not told whole each time. */
const hintsAtOnce = 100;
const batchSize = 500;

/**
 * Brings the queue to what the rows say: attempts whose lease ran out are closed and their experiments queued again, those
 * whose wait for another run is over are let go, and the
 * queue is told of the first that wait in each line (again: what it has already, it keeps as it is). Each API process does this; doing it
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
  await releaseWaiting(database.pool);
  const hints = await queuedHints(database.pool, hintsAtOnce);
  for (let at = 0; at < hints.length; at += batchSize) await withinTime(queue.add(hints.slice(at, at + batchSize)));
  return lost;
}
