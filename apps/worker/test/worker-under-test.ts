import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, openDatabase } from '@spherelab/db';
import type { QueueStore } from '@spherelab/queue';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { type RunningWorker, startWorker, type WorkerOptions } from '../src/start-worker.ts';

/** The process that plays the trainer. */
export const fakeTrainer = fileURLToPath(new URL('./fake-trainer.mjs', import.meta.url));

/** The series of an uninterrupted run of the fake trainer. */
export function uninterrupted(steps: number): number[] {
  const values: number[] = [];
  for (let step = 0, state = 7; step <= steps; step += 1) {
    state = (state * 31 + step) % 1_000_003;
    values.push(state);
  }
  return values;
}

/** What a test of workers has: a database, a queue in it, a folder, and workers that are closed after it. */
export type WorkerUnderTest = {
  readonly url: string;
  readonly database: Database;
  readonly store: QueueStore;
  readonly folder: string;
  readonly start: (over?: Partial<WorkerOptions>) => Promise<RunningWorker>;
};

/** Gives each test of the `describe` that this stands in its own. @param numbers of its workers */
export function workerForEachTest(numbers: WorkerOptions['numbers'], use: (fresh: WorkerUnderTest) => void): void {
  let server: PostgresServer;
  let database: Database;
  let folder: string;
  const workers: RunningWorker[] = [];
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    const url = await server.createDatabase();
    database = openDatabase(url);
    folder = await mkdtemp(join(tmpdir(), 'worker-test-'));
    const store = { store: 'postgres', connectionString: url } as const;
    const start = async (over: Partial<WorkerOptions> = {}): Promise<RunningWorker> => {
      const worker = await startWorker({
        databaseUrl: url,
        queue: store,
        dataRoot: folder,
        cacheFolder: folder,
        devices: ['cpu'],
        threads: { intra_op_threads: 2, inter_op_threads: 1 },
        trainerScript: fakeTrainer,
        retryPolicy: { maxFailures: 3, backoffMs: 1, maxBackoffMs: 1 },
        queueTimes: { lockDurationMs: 2_000, stalledIntervalMs: 500 },
        ...over,
        numbers: { ...numbers, ...over.numbers },
      });
      workers.push(worker);
      return worker;
    };
    use({ url, database, store, folder, start });
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
    await database.close();
    await rm(folder, { recursive: true });
  });
}
