import {
  collectArtifacts,
  collectBranches,
  collectChunks,
  collectEmptied,
  countLeftovers,
  type Database,
  type Leftover,
  queuedAmong,
} from '@spherelab/db';
import type { ExperimentQueue, WaitingJob } from '@spherelab/queue';

type JobKeeper = Pick<ExperimentQueue, 'waiting' | 'remove'>;

/** Deletes what nothing needs any more and what is cheap to find; the pictures are not (`collectThumbnails`). */
export async function collectLeftovers(database: Database): Promise<void> {
  await collectBranches(database.pool);
  await collectChunks(database);
  await collectArtifacts(database.pool);
  await collectEmptied(database.pool);
}

/** Takes jobs out of the queue that nobody needs. */
export async function collectJobs(database: Database, queue: JobKeeper): Promise<void> {
  for (const job of await idleJobs(database, queue)) await queue.remove(job);
}

/** What could go, by kind. */
export async function leftoversOf(database: Database, queue: JobKeeper): Promise<(Leftover | JobLeftover)[]> {
  const jobs = await idleJobs(database, queue);
  return [...(await countLeftovers(database)), { what: 'queue jobs', count: jobs.length, bytes: 0 }];
}

type JobLeftover = { readonly what: 'queue jobs'; readonly count: number; readonly bytes: number };

/**
 * Jobs of experiments that are not queued: deleted, cancelled, or run by now under another job. A worker that takes one finds that
 * out; in a queue that no worker listens to (GPUs) they would wait for ever. A row is queued before the queue is told, so none is
 * taken for idle too early.
 */
async function idleJobs(database: Database, queue: JobKeeper): Promise<WaitingJob[]> {
  const jobs = await queue.waiting();
  const queued = await queuedAmong(
    database.pool,
    jobs.map(({ experimentId }) => experimentId),
  );
  return jobs.filter(({ experimentId }) => !queued.has(experimentId));
}
