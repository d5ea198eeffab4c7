import { createPostgresBackend, Queue } from 'bullmq';
import {
  type ExperimentHint,
  experimentJobSchema,
  jobIdOf,
  jobPriorityOf,
  type QueueName,
  queueNames,
  queueOf,
} from './experiment-job.ts';
import { jobNumbers } from './job-numbers.ts';
import type { QueueStore } from './queue-store.ts';
import { postgresConnection, redisConnection } from './store-connection.ts';

export type WaitingJob = { readonly queue: QueueName; readonly jobId: string; readonly experimentId: string };

/** The producers' end. */
export type ExperimentQueue = {
  /** Places jobs; one that is already there stays as it is. @throws when the store is out of reach: keep the hints */
  add(hints: readonly ExperimentHint[]): Promise<void>;
  /** Jobs that wait, in all queues. One that nobody listens to keeps them for ever. */
  waiting(): Promise<WaitingJob[]>;
  /** Takes a job out; one that is gone or has begun is left alone. */
  remove(job: WaitingJob): Promise<void>;
  /** jobs by queue and state */
  counts(): Promise<Record<QueueName, Record<string, number>>>;
  /** Whether the store answers. */
  ping(): Promise<void>;
  /** BullMQ's own queues, opened once more for a board that shows them; closed with the rest. */
  openBoards(): readonly Queue[];
  close(): Promise<void>;
};

/** What both stores have in common of BullMQ's Queue, whose type parameters differ. */
type AnyQueue = Pick<Queue, 'addBulk' | 'getJobs' | 'remove' | 'getJobCounts' | 'waitUntilReady' | 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
};

/**
 * Opens the queues of a store for producing.
 * @param onError told of connection troubles, which the queue itself gets over
 */
export function openQueue(store: QueueStore, onError: (error: Error) => void = () => undefined): ExperimentQueue {
  const queues = new Map<QueueName, AnyQueue>();
  const boards: AnyQueue[] = [];
  /** BullMQ remembers a failed start for good: a queue that erred is opened anew the next time. */
  const using = async <T>(name: QueueName, work: (queue: AnyQueue) => Promise<T>): Promise<T> => {
    let queue = queues.get(name);
    if (queue === undefined) {
      queue = createQueue(name, store);
      queue.on('error', onError);
      queues.set(name, queue);
    }
    try {
      return await work(queue);
    } catch (error) {
      if (queues.get(name) === queue) queues.delete(name);
      queue.close().catch(() => undefined);
      throw error;
    }
  };
  const names = Object.values(queueNames);
  return {
    add: async (hints) => {
      for (const name of names) {
        const jobs = hints.filter((hint) => queueOf(hint) === name).map(toJob);
        if (jobs.length > 0) await using(name, (queue) => queue.addBulk(jobs));
      }
    },
    waiting: async () => {
      const found: WaitingJob[] = [];
      for (const name of names) {
        const jobs = await using(name, (queue) => queue.getJobs(['waiting', 'prioritized', 'delayed', 'failed']));
        for (const job of jobs) {
          const parsed = experimentJobSchema.safeParse(job?.data);
          if (parsed.success && job.id) found.push({ queue: name, jobId: job.id, ...parsed.data });
        }
      }
      return found;
    },
    remove: async ({ queue: name, jobId }) => {
      await using(name, (queue) => queue.remove(jobId));
    },
    counts: async () => {
      const states = ['waiting', 'prioritized', 'active', 'delayed', 'failed'] as const;
      const count = (name: QueueName) => using(name, (queue) => queue.getJobCounts(...states));
      return { [queueNames.any]: await count(queueNames.any), [queueNames.gpu]: await count(queueNames.gpu) };
    },
    ping: async () => {
      await using(queueNames.any, (queue) => queue.getJobCounts('active'));
    },
    openBoards: () => {
      const opened = names.map((name) => createQueue(name, store));
      for (const queue of opened) queue.on('error', onError);
      boards.push(...opened);
      return opened as unknown as readonly Queue[];
    },
    close: async () => {
      await Promise.all([...queues.values(), ...boards].map((queue) => queue.close()));
    },
  };
}

function createQueue(name: QueueName, store: QueueStore): AnyQueue {
  if (store.store === 'redis') return new Queue(name, { connection: redisConnection(store.url, 'producer') });
  const connection = postgresConnection(store.connectionString);
  return new Queue(name, { connection }, createPostgresBackend) as unknown as AnyQueue;
}

function toJob(hint: ExperimentHint) {
  return {
    name: 'run',
    data: { experimentId: hint.id },
    opts: {
      jobId: jobIdOf(hint),
      priority: jobPriorityOf(hint),
      attempts: jobNumbers.attempts,
      // What happened is told by Postgres; a finished job that stayed would keep its id from being used again.
      removeOnComplete: true,
      removeOnFail: true,
    },
  };
}
