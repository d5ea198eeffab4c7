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
  /** Works until nothing waits: a job says that something does, not what comes next. Rejects only where the truth is out of reach. */
  readonly run: (experimentId: string) => Promise<void>;
  readonly onError?: (error: Error) => void;
  /** ms; for tests. Default jobNumbers */
  readonly lockDurationMs?: number;
  readonly stalledIntervalMs?: number;
};

type AnyWorker = Pick<Worker, 'pause' | 'resume' | 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
};

/**
 * Starts to take jobs from one queue of a store. A consumer that only errs is replaced by a fresh one; jobs that it had go on, and
 * what the store believes of them does not matter: a job that is delivered twice is claimed once.
 */
export function consumeQueue(store: QueueStore, options: ConsumeOptions): QueueConsumer {
  let paused = false;
  let closed = false;
  let errors = 0;
  let countedSinceMs = 0;
  const onError = (error: Error): void => {
    const now = performance.now();
    if (now - countedSinceMs > jobNumbers.stormMs) {
      errors = 0;
      countedSinceMs = now;
    }
    errors += 1;
    if (errors < jobNumbers.stormErrors) options.onError?.(error);
    if (errors === jobNumbers.stormErrors) replace(error);
  };
  const open = (): AnyWorker => {
    const fresh = createWorker(store, options);
    fresh.on('error', (error) => {
      if (fresh === worker) onError(error);
    });
    return fresh;
  };
  const replace = (cause: Error): void => {
    options.onError?.(new Error('the queue only errs: a fresh consumer takes over', { cause }));
    const broken = worker;
    worker = null;
    broken?.close(true).catch(() => undefined);
    setTimeout(() => {
      if (closed) return;
      worker = open();
      if (paused) void worker.pause(true).catch(() => undefined);
    }, jobNumbers.retryDelayMs);
  };
  let worker: AnyWorker | null = null;
  worker = open();
  return {
    pause: async () => {
      paused = true;
      await worker?.pause(true);
    },
    resume: () => {
      paused = false;
      void worker?.resume();
    },
    close: async (force = false) => {
      closed = true;
      await worker?.close(force);
    },
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
    runRetryDelay: jobNumbers.retryDelayMs,
  };
  if (store.store === 'redis') {
    return new Worker(options.queue, process, { ...settings, connection: redisConnection(store.url, 'consumer') });
  }
  const connection = postgresConnection(store.connectionString);
  return new Worker(options.queue, process, { ...settings, connection }, createPostgresBackend) as unknown as AnyWorker;
}
