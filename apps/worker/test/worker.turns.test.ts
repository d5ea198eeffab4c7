import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  countExperiments,
  createSweep,
  type Database,
  type Experiment,
  inTransaction,
  openDatabase,
  queuedHints,
  sweepExperiments,
} from '@spherelab/db';
import { openQueue, type QueueStore } from '@spherelab/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newExperiment, storeExperiment } from '../../../test/experiment-fixture.ts';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { testStores } from '../../../test/queue-stores.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { startWorker } from '../src/start-worker.ts';

const fakeTrainer = fileURLToPath(new URL('./fake-trainer.mjs', import.meta.url));

describe.each(testStores.filter((store) => store.available))('workers on the queue in $name', (kind) => {
  let server: PostgresServer;
  let database: Database;
  let databaseUrl: string;
  let store: QueueStore;
  let stopStore: () => Promise<void>;
  let folder: string;

  beforeAll(async () => {
    server = await startPostgresServer();
    ({ store, stop: stopStore } = await kind.start());
  });
  afterAll(async () => {
    await stopStore();
    await server.stop();
  });
  beforeEach(async () => {
    databaseUrl = await server.createDatabase();
    database = openDatabase(databaseUrl);
    folder = await mkdtemp(join(tmpdir(), 'worker-turns-'));
    return async () => {
      await database.close();
      await rm(folder, { recursive: true });
    };
  });

  const start = (name: string) =>
    startWorker({
      databaseUrl,
      queue: store,
      dataRoot: folder,
      cacheFolder: folder,
      devices: ['cpu'],
      threads: { intra_op_threads: 1, inter_op_threads: 1 },
      trainerScript: fakeTrainer,
      name,
    });
  /** Plays the relay. */
  async function tell(): Promise<void> {
    const queue = openQueue(store);
    await database.pool.query('DELETE FROM outbox');
    await queue.add(await queuedHints(database.pool, 100));
    await queue.close();
  }
  async function storeSweep(cells: number, maxRunning: number | null = null): Promise<string> {
    const inputs = Array.from({ length: cells }, (_, seed) => newExperiment({ seed, steps: 5, name: '{"stepMs":20}' }));
    const posted = { name: null, request: {}, maxRunning };
    return (await inTransaction(database, (client) => createSweep(client, posted, inputs))).id;
  }
  const running = (experiments: readonly Experiment[]) =>
    experiments.filter(({ status }) => status === 'running').length;

  test('an experiment that is posted while a sweep runs begins before the second cell after it', async () => {
    const sweep = await storeSweep(12);
    await tell();
    const worker = await start('one');
    try {
      const begun = async () =>
        (await sweepExperiments(database.pool, sweep)).filter(({ attempt }) => attempt > 0).length;
      await waitUntil('the first cell began', async () => (await begun()) >= 1);
      const { id } = await storeExperiment(database, { steps: 1 });
      const before = await begun();
      await tell();
      await waitUntil('it began', async () => {
        const { rows } = await database.pool.query<{ attempt: number }>(
          'SELECT attempt FROM experiment WHERE id = $1',
          [id],
        );
        return rows[0]?.attempt === 1;
      });
      expect(await begun()).toBeLessThanOrEqual(before + 1);
    } finally {
      await worker.close();
    }
  });

  test('a sweep with max_running 1 runs one cell at a time on two workers, to its end, told of once', async () => {
    const sweep = await storeSweep(5, 1);
    await tell();
    const workers = [await start('a'), await start('b')];
    const seen: number[] = [];
    try {
      await waitUntil('all cells ended', async () => {
        seen.push(running(await sweepExperiments(database.pool, sweep)));
        return (await countExperiments(database)).succeeded === 5;
      });
      expect(Math.max(...seen)).toBe(1);
      const { rows } = await database.pool.query('SELECT max(attempt) AS attempts FROM experiment');
      expect(rows).toEqual([{ attempts: 1 }]);
    } finally {
      await Promise.all(workers.map((worker) => worker.close()));
    }
  });
});

for (const missing of testStores.filter((store) => !store.available))
  test.skip(`workers on the queue in ${missing.name}`, () => {});
