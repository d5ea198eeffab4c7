import {
  claimExperiment,
  countOutbox,
  type Database,
  getExperiment,
  openDatabase,
  registerWorker,
} from '@spherelab/db';
import { consumeQueue, openQueue, type QueueStore, queueNames } from '@spherelab/queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { storeExperiment } from '../../../test/experiment-fixture.ts';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { testStores } from '../../../test/queue-stores.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { reconcile } from '../src/background/reconcile.ts';
import { relayOutbox } from '../src/background/relay-outbox.ts';

const policy = { maxFailures: 5, backoffMs: 60_000, maxBackoffMs: 60_000 };

describe.each(testStores.filter((store) => store.available))(
  'nothing accepted is lost with the queue on $name',
  (kind) => {
    let server: PostgresServer;
    let database: Database;
    let store: QueueStore;
    let stopStore: () => Promise<void>;

    beforeAll(async () => {
      server = await startPostgresServer();
      ({ store, stop: stopStore } = await kind.start());
    });
    afterAll(async () => {
      await stopStore();
      await server.stop();
    });
    beforeEach(async () => {
      database = openDatabase(await server.createDatabase());
      return () => database.close();
    });

    /** What a worker is given, until `count` jobs came. */
    async function jobs(count: number): Promise<string[]> {
      const ids: string[] = [];
      const consumer = consumeQueue(store, {
        queue: queueNames.any,
        concurrency: 1,
        run: async (id) => {
          ids.push(id);
        },
      });
      await waitUntil(`${count} jobs`, () => ids.length >= count);
      await consumer.close();
      return ids;
    }

    test('a crash between queue and outbox tells the queue twice, and that is one job', async () => {
      const queue = openQueue(store);
      const { id } = await storeExperiment(database);
      const dying = {
        add: async (hints: Parameters<typeof queue.add>[0]) => {
          await queue.add(hints);
          throw new Error('killed');
        },
      };
      await expect(relayOutbox(database, dying)).rejects.toThrow('killed');
      expect(await countOutbox(database.pool)).toBe(1);
      expect(await relayOutbox(database, queue)).toBe(1);
      expect(await countOutbox(database.pool)).toBe(0);
      const marker = await storeExperiment(database);
      await relayOutbox(database, queue);
      expect(await jobs(2)).toEqual([id, marker.id]);
      await queue.close();
    });

    test('a queue that is away keeps the outbox as it is', async () => {
      await storeExperiment(database);
      const away = { add: () => Promise.reject(new Error('away')) };
      await expect(relayOutbox(database, away)).rejects.toThrow('away');
      expect(await countOutbox(database.pool)).toBe(1);
    });

    test('what the outbox told of an experiment that was cancelled meanwhile is dropped', async () => {
      const { id } = await storeExperiment(database);
      await database.pool.query(`UPDATE experiment SET status = 'cancelled' WHERE id = $1`, [id]);
      const told: unknown[] = [];
      await relayOutbox(database, { add: async (hints) => void told.push(...hints) });
      expect([told, await countOutbox(database.pool)]).toEqual([[], 0]);
    });

    test('a flushed queue is told again of all that is queued, by any number of API processes', async () => {
      const queue = openQueue(store);
      const ids = [];
      for (let n = 0; n < 3; n += 1) ids.push((await storeExperiment(database)).id);
      // Relayed, and then lost with the store.
      await relayOutbox(database, { add: async () => {} });
      await Promise.all([1, 2, 3].map(() => reconcile(database, queue, policy)));
      expect((await jobs(3)).sort()).toEqual(ids.sort());
      await queue.close();
    });

    test('an experiment whose worker is gone is queued again at once, and after a back-off the next time, once', async () => {
      const queue = openQueue(store);
      const { id } = await storeExperiment(database);
      await relayOutbox(database, { add: async () => {} });
      await claimExperiment(database.pool, id, { worker: 'gone', device: 'cpu', leaseMs: 1 });
      await new Promise((resolve) => setTimeout(resolve, 20));
      const lost = await Promise.all([1, 2, 3].map(() => reconcile(database, queue, policy)));
      expect(lost.flat()).toEqual([id]);
      expect(await getExperiment(database.pool, id)).toMatchObject({ status: 'queued', failures: 0, interruptions: 1 });
      expect(await relayOutbox(database, queue)).toBe(1);
      expect(await jobs(1)).toEqual([id]);
      await claimExperiment(database.pool, id, { worker: 'gone too', device: 'cpu', leaseMs: 1 });
      await new Promise((resolve) => setTimeout(resolve, 20));
      await reconcile(database, queue, policy);
      expect(await relayOutbox(database, queue)).toBe(0); // not due yet
      // Times are stored to the millisecond, and now() may be rounded up: a moment before, it is surely over.
      await database.pool.query(`UPDATE outbox SET available_at = now() - interval '1 s'`);
      await database.pool.query(`UPDATE experiment SET retry_at = now() - interval '1 s'`);
      expect(await relayOutbox(database, queue)).toBe(1);
      expect(await jobs(1)).toEqual([id]);
      await queue.close();
    });

    test('an experiment that needs a GPU says that none is there, until one is', async () => {
      const { id } = await storeExperiment(database, { device: 'gpu' });
      const queue = { add: async () => {} };
      const reason = async () => {
        await reconcile(database, queue, policy);
        return (await getExperiment(database.pool, id))?.status_reason;
      };
      expect(await reason()).toMatch(/waits for a worker with a GPU/);
      await registerWorker(database.pool, { name: 'g', devices: ['gpu:0'], host: 'h', pid: 1, version: '0' });
      expect(await reason()).toBeNull();
    });
  },
);
