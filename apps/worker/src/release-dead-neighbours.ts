import { setTimeout as delay } from 'node:timers/promises';
import { attemptsOnHost, type Database, giveUpAttempt, type RetryPolicy, StaleAttemptError } from '@spherelab/db';
import { isProcessAlive } from '@spherelab/host';

/**
 * Closes the attempts of worker processes of this host that are dead, so that their experiments need not wait for the lease.
 * A live process, or one of another host, is never judged: that is what the lease is for.
 * @param orphanTimeMs by when the trainers of a dead worker are dead too
 * @returns ids of experiments
 */
export async function releaseDeadNeighbours(
  database: Database,
  host: string,
  policy: RetryPolicy,
  orphanTimeMs: number,
): Promise<string[]> {
  const orphans = (await attemptsOnHost(database.pool, host)).filter(({ process }) => !isProcessAlive(process));
  if (orphans.length === 0) return [];
  await delay(orphanTimeMs);
  const released: string[] = [];
  for (const fence of orphans) {
    const end = { outcome: 'lost', reason: 'its worker process is dead' } as const;
    await giveUpAttempt(database.pool, fence, end, policy).then(
      () => released.push(fence.experimentId),
      (error: unknown) => {
        // Somebody else was faster.
        if (!(error instanceof StaleAttemptError)) throw error;
      },
    );
  }
  return released;
}
