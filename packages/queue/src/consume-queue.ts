import { createPostgresBackend, Worker } from 'bullmq';
import { experimentJobSchema, type QueueName } from './experiment-job.ts';
import { jobNumbers } from './job-numbers.ts';
import type { QueueStore } from './queue-store.ts';
import { postgresConnection, redisConnection } from './store-connection.ts';

/** The workers' end of one queue. */
export type QueueConsumer = {
  /** Takes no more jobs; those taken go on. */
  pause(): Promise<void>;
  resume(): void;
  /** Waits for the jobs taken, unless `force`. */
  close(force?: boolean): Promise<void>;
};

export type ConsumeOptions = {
  readonly queue: QueueName;
  /** jobs at once */
  readonly concurrency: number;
  /** Runs one experiment to its end. Rejects only where the truth is out of reach. */
  readonly run: (experimentId: string) => Promise<void>;
  readonly onError?: (error: Error) => void;
  /** ms; for tests. Default jobNumbers */
  readonly lockDurationMs?: number;
  readonly stalledIntervalMs?: number;
};

type AnyWorker = Pick<Worker, 'pause' | 'resume' | 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
};

/** Starts to take jobs from one queue of a store. */
export function consumeQueue(store: QueueStore, options: ConsumeOptions): QueueConsumer {
  const worker = createWorker(store, options);
  worker.on('error', options.onError ?? (() => undefined));
  return {
    pause: () => worker.pause(true),
    resume: () => worker.resume(),
    close: (force = false) => worker.close(force),
  };
}

function createWorker(store: QueueStore, options: ConsumeOptions): AnyWorker {
  const process = async (job: { data: unknown }): Promise<void> => {
    const payload = experimentJobSchema.safeParse(job.data);
    // A payload of someone else's is not ours to run, nor does it get better by trying again.
    if (payload.success) await options.run(payload.data.experimentId);
    else options.onError?.(new Error('a job with a foreign payload was dropped', { cause: payload.error }));
  };
  const settings = {
    concurrency: options.concurrency,
    lockDuration: options.lockDurationMs ?? jobNumbers.lockDurationMs,
    stalledInterval: options.stalledIntervalMs ?? jobNumbers.stalledIntervalMs,
    maxStalledCount: jobNumbers.maxStalledCount,
    drainDelay: jobNumbers.drainDelayS,
  };
  if (store.store === 'redis') {
    return new Worker(options.queue, process, { ...settings, connection: redisConnection(store.url, 'consumer') });
  }
  const connection = postgresConnection(store.connectionString);
  return new Worker(options.queue, process, { ...settings, connection }, createPostgresBackend) as unknown as AnyWorker;
}
