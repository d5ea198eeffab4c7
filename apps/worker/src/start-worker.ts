import { hostname, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  applyMigrationsWhenThere,
  heartbeatWorker,
  openDatabase,
  putBackToOutbox,
  type RetryPolicy,
  registerWorker,
  retireWorker,
  retryPolicy,
} from '@spherelab/db';
import { isPidAlive, leftoverFiles, localRetention, ownIdentity, removeLeftoverFiles } from '@spherelab/host';
import { numericsNow } from '@spherelab/numerics';
import { consumeQueue, type QueueConsumer, type QueueStore, queueNames } from '@spherelab/queue';
import { type Device, isGpu, type ThreadCounts } from './device.ts';
import { deviceSlots } from './device-slots.ts';
import { lineOf } from './line.ts';
import { releaseDeadNeighbours } from './release-dead-neighbours.ts';
import { retryWhileAway } from './retry-while-away.ts';
import type { RunningAttempt } from './run-experiment.ts';
import { watchVerifications } from './verification-watch.ts';
import { warmTrainers } from './warm-trainers.ts';
import type { WorkerContext } from './worker-context.ts';
import { type WorkerNumbers, workerNumbers } from './worker-numbers.ts';

export type WorkerOptions = {
  readonly databaseUrl: string;
  readonly queue: QueueStore;
  readonly dataRoot: string;
  readonly cacheFolder: string;
  /** bound of the pictures kept under the cache folder; 0 keeps none; default 16 GiB */
  readonly cacheBytes?: number | undefined;
  /** one experiment at a time on each */
  readonly devices: readonly Device[];
  readonly threads: ThreadCounts;
  /** MB that one trainer may hold before it is replaced by a fresh one. Default: three quarters of the memory, shared */
  readonly memoryLimitMb?: number | undefined;
  /** default: host name and pid */
  readonly name?: string | undefined;
  readonly log?: WorkerContext['log'];
  /** the process that trains; for tests */
  readonly trainerScript?: string;
  /** version of the code that a trainer forked now would have; for tests */
  readonly codeVersion?: () => string;
  /** for tests */
  readonly numbers?: Partial<WorkerNumbers>;
  readonly retryPolicy?: RetryPolicy;
  readonly queueTimes?: { readonly lockDurationMs: number; readonly stalledIntervalMs: number };
};

export type RunningWorker = {
  readonly name: string;
  /** Drains: takes no more jobs, has each child stop with a checkpoint, gives the experiments back, and leaves. */
  close(): Promise<void>;
};

const version = '0.1.0';
/** ms. A queue store that is away must not keep the process from ending. */
const queueCloseMs = 3_000;
/** Part of the machine's (or container's) memory that all trainers together may hold. */
const memoryShare = 0.75;
/** Part of its limit that a trainer may hold while it waits: the next run has the rest. */
const warmShare = 0.5;
const realTrainer = fileURLToPath(new URL('./trainer-process.js', import.meta.url));

/** Starts a worker: it registers, takes jobs, and supervises one trainer process on each of its devices. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const removeLeftovers = () => removeLeftoverFiles(leftoverFiles(options.cacheFolder));
  removeLeftovers();
  const leftoverWatch = setInterval(removeLeftovers, localRetention.lookEveryMs);
  const log = options.log ?? (() => undefined);
  await applyMigrationsWhenThere(options.databaseUrl, (error) =>
    log('warn', 'waiting for the database', { error: error.message }),
  );
  const database = openDatabase(options.databaseUrl);
  const numbers = { ...workerNumbers, ...options.numbers };
  const identity = ownIdentity();
  const register = () =>
    registerWorker(
      database.pool,
      {
        name: options.name ?? `${hostname()}-${process.pid}`,
        devices: options.devices,
        host: hostname(),
        pid: process.pid,
        version,
      },
      isPidAlive,
    );
  const name = await retryWhileAway(register, numbers.databaseRetryMs, () => false);
  const memoryLimitMb = options.memoryLimitMb ?? defaultMemoryLimitMb(options.devices.length);
  const context: WorkerContext = {
    database,
    workerName: name,
    identity,
    numbers,
    retryPolicy: options.retryPolicy ?? retryPolicy,
    threads: options.threads,
    memoryLimitMb,
    trainers: warmTrainers({
      script: options.trainerScript ?? realTrainer,
      codeVersion: options.codeVersion ?? (() => numericsNow().version),
      idleMs: numbers.warmIdleMs,
      growthMb: numbers.warmGrowthMb,
      heldMb: memoryLimitMb * warmShare,
    }),
    dataRoot: options.dataRoot,
    cacheFolder: options.cacheFolder,
    cacheBytes: options.cacheBytes,
    log,
  };
  const slots = deviceSlots(options.devices);
  const attempts = new Map<string, RunningAttempt>();
  const consumers: QueueConsumer[] = [];
  let closing = false;

  const line = lineOf(context, {
    began: (id, device, attempt) => {
      log('info', 'an attempt began', { id, device });
      attempts.set(id, attempt);
      if (closing) attempt.drain();
    },
    ended: (id, device) => {
      attempts.delete(id);
      log('info', 'an attempt ended', { id, device });
    },
    isClosing: () => closing,
  });
  const run = async (id: string): Promise<void> => {
    const device = closing ? null : slots.take();
    // Between two queues both may have brought a job for the last free device.
    if (device === null) return putBackToOutbox(database.pool, id, numbers.putBackMs);
    if (slots.allTaken) for (const consumer of consumers) void consumer.pause();
    try {
      await line.work(device);
    } finally {
      give(device);
    }
  };
  const give = (device: Device): void => {
    slots.give(device);
    if (!closing) for (const consumer of consumers) consumer.resume();
  };

  const heartbeat = setInterval(() => {
    heartbeatWorker(database.pool, name).catch((error: Error) => log('warn', 'no heartbeat', { error: error.message }));
  }, numbers.heartbeatMs);
  let looking = false;
  const neighbourWatch = setInterval(async () => {
    if (looking) return;
    looking = true;
    const { host } = identity;
    const { orphanTimeMs } = numbers;
    const ids = await releaseDeadNeighbours(database, host, context.retryPolicy, orphanTimeMs).catch(() => []);
    looking = false;
    if (ids.length > 0) log('warn', 'attempts of a dead worker were given back', { ids });
  }, numbers.neighbourWatchMs);
  const queues = options.devices.some(isGpu) ? Object.values(queueNames) : [queueNames.any];
  for (const queue of queues) {
    const onError = (error: Error) => log('warn', 'queue trouble', { error: error.message });
    const concurrency = options.devices.length;
    consumers.push(consumeQueue(options.queue, { queue, concurrency, run, onError, ...options.queueTimes }));
  }

  const endVerifications = watchVerifications(context, slots, give);

  const close = async (): Promise<void> => {
    closing = true;
    endVerifications();
    clearInterval(heartbeat);
    clearInterval(neighbourWatch);
    clearInterval(leftoverWatch);
    for (const attempt of attempts.values()) attempt.drain();
    await Promise.all([...attempts.values()].map((attempt) => attempt.done));
    await context.trainers.close();
    const closed = Promise.all(consumers.map((consumer) => consumer.close()));
    await Promise.race([closed, delay(queueCloseMs, null, { ref: false })]);
    await retireWorker(database, name).catch(() => undefined);
    await database.close();
  };
  let closed: Promise<void> | null = null;
  return {
    name,
    close: () => {
      // What is not written by then is left to the next attempt: children end with this process.
      closed ??= Promise.race([close(), delay(numbers.drainDeadlineMs, undefined, { ref: false })]);
      return closed;
    },
  };
}

/** @returns MB for each trainer */
function defaultMemoryLimitMb(trainers: number): number {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 && limit < totalmem() ? limit : totalmem();
  return Math.round((memoryShare * bytes) / trainers / 2 ** 20);
}
