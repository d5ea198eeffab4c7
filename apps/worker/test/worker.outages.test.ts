import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Database,
  getExperiment,
  listAttempts,
  listWorkers,
  logLinesAfter,
  openDatabase,
  readMetrics,
} from '@spherelab/db';
import { openQueue } from '@spherelab/queue';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBlackHoleProxy } from '../../../test/chaos/black-hole-proxy.mjs';
import { storeExperiment } from '../../../test/experiment-fixture.ts';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { type RunningWorker, startWorker, type WorkerOptions } from '../src/start-worker.ts';

const fakeTrainer = fileURLToPath(new URL('./fake-trainer.mjs', import.meta.url));

/** The worker's way to Postgres leads through a proxy, the test's does not. */
describe('a worker whose database is away', () => {
  let server: PostgresServer;
  let url: string;
  let database: Database;
  let folder: string;
  let proxy: Awaited<ReturnType<typeof startBlackHoleProxy>>;
  const workers: RunningWorker[] = [];

  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    url = await server.createDatabase();
    database = openDatabase(url);
    folder = await mkdtemp(join(tmpdir(), 'outage-test-'));
    proxy = await startBlackHoleProxy(() => Number(new URL(url).port));
  });
  afterEach(async () => {
    proxy.comeBack();
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
    await proxy.close();
    await database.close();
    await rm(folder, { recursive: true });
  });

  async function start(over: Partial<WorkerOptions> = {}): Promise<RunningWorker> {
    const throughProxy = new URL(url);
    throughProxy.port = String(proxy.port);
    const worker = await startWorker({
      databaseUrl: throughProxy.toString(),
      queue: { store: 'postgres', connectionString: url },
      dataRoot: folder,
      cacheFolder: folder,
      devices: ['cpu'],
      threads: { intra_op_threads: 1, inter_op_threads: 1 },
      trainerScript: fakeTrainer,
      retryPolicy: { maxFailures: 3, backoffMs: 1, maxBackoffMs: 1 },
      ...over,
      numbers: { stopPollMs: 50, ...over.numbers },
    });
    workers.push(worker);
    return worker;
  }
  async function post(plan: object, config: object): Promise<string> {
    const experiment = await storeExperiment(database, { ...config, name: JSON.stringify(plan) });
    const queue = openQueue({ store: 'postgres', connectionString: url });
    await queue.add([experiment]);
    await queue.close();
    return experiment.id;
  }
  const steps = async (id: string) => (await readMetrics(database.pool, id, { names: ['train_loss'] })).length;
  const status = async (id: string) => (await getExperiment(database.pool, id))?.status;

  test.each([
    ['shut down', true],
    ['cut off without a word', false],
  ])('trains on while it is %s, and what was measured meanwhile arrives once', async (_, cut) => {
    await start();
    const id = await post({ stepMs: 20 }, { steps: 600, checkpoint_every: 150 });
    await waitUntil('it trains', async () => (await steps(id)) > 20);
    proxy.goAway({ cut });
    const before = await steps(id);
    await new Promise((resolve) => setTimeout(resolve, 9_000));
    expect(await steps(id)).toBeLessThanOrEqual(before + 60); // what was under way
    proxy.comeBack();
    const backAtMs = performance.now();
    await waitUntil('more arrives', async () => (await steps(id)) > before + 60, 40_000);
    // It had trained on, past a checkpoint that could not be stored meanwhile (after 150 updates): a trainer that had waited there
    // would need 2.2 s for these steps.
    await waitUntil('what was measured meanwhile arrives', async () => (await steps(id)) > 260, 1_500);
    await waitUntil('it succeeds', async () => (await status(id)) === 'succeeded', 40_000);
    expect(await steps(id)).toBe(601);
    expect(await listAttempts(database, id)).toMatchObject([{ number: 1, outcome: 'succeeded' }]);
    console.log(`back after ${Math.round(performance.now() - backAtMs)} ms`);
  });

  test('leaves within its deadline though nothing can be written any more, and the run goes on elsewhere', async () => {
    const worker = await start({ numbers: { drainDeadlineMs: 1_500 } });
    const id = await post({ stepMs: 20 }, { steps: 100, checkpoint_every: 20 });
    await waitUntil('it trains', async () => (await steps(id)) > 30);
    proxy.goAway();
    const beganMs = performance.now();
    await worker.close();
    expect(performance.now() - beganMs).toBeLessThan(4_000);
  });

  test('two workers with the same name are two workers, and a name that is free again is taken', async () => {
    const [first, second] = [await start({ name: 'box' }), await start({ name: 'box' })];
    // In one process both have the same pid: that is how a worker that restarts within one process would look.
    expect(first.name).toBe('box');
    expect(second.name).toBe('box');
    await database.pool.query(`UPDATE worker SET pid = $1 WHERE name = 'box'`, [process.ppid]);
    const third = await start({ name: 'box' });
    expect(third.name).toMatch(/^box-.+-\d+$/);
    expect((await listWorkers(database.pool)).filter((one) => one.alive)).toHaveLength(2);
    // No process has this number: the worker that had the name was killed, and its successor need not wait.
    await database.pool.query(`UPDATE worker SET pid = 2147483647 WHERE name = 'box'`);
    expect((await start({ name: 'box' })).name).toBe('box');
  });

  test('a trainer that holds too much memory is replaced at a checkpoint, which counts as no failure', async () => {
    await start({ memoryLimitMb: 1, numbers: { leastLifeMs: 2_000, memoryWatchMs: 100 } });
    const id = await post({ stepMs: 40 }, { steps: 100, checkpoint_every: 1_000 });
    await waitUntil('it was replaced once', async () => {
      const released = (await listAttempts(database, id)).find((attempt) => attempt.outcome === 'released');
      return /MB of memory, more than 1/.test(released?.reason ?? '');
    });
    for (let tries = 0; (await status(id)) !== 'succeeded' && tries < 200; tries += 1) {
      const experiment = await getExperiment(database.pool, id);
      if (experiment?.status === 'queued') {
        const queue = openQueue({ store: 'postgres', connectionString: url });
        await queue.add([experiment]);
        await queue.close();
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const attempts = await listAttempts(database, id);
    expect(attempts.length).toBeGreaterThan(1);
    expect(attempts.at(-1)?.outcome).toBe('succeeded');
    expect((await getExperiment(database.pool, id))?.failures).toBe(0);
    expect(await steps(id)).toBe(101);
    const lines = (await logLinesAfter(database.pool, id, 0, 100)).map((line) => line.message);
    expect(lines).toContainEqual(expect.stringContaining('MB of memory'));
  });

  test('a trainer that holds too much memory each time before it got on fails the run', async () => {
    await start({ memoryLimitMb: 1, numbers: { leastLifeMs: 100, memoryWatchMs: 50 } });
    const id = await post({ evaluateMs: 60_000 }, { steps: 100 });
    await waitUntil('it failed', async () => {
      const experiment = await getExperiment(database.pool, id);
      if (experiment?.status === 'queued') {
        const queue = openQueue({ store: 'postgres', connectionString: url });
        await queue.add([experiment]);
        await queue.close();
      }
      return experiment?.status === 'failed';
    });
    expect((await getExperiment(database.pool, id))?.status_reason).toMatch(
      /MB of memory, more than 1: .*3 attempts in a row/,
    );
    expect((await listAttempts(database, id)).map((attempt) => attempt.outcome)).toEqual([
      'crashed',
      'crashed',
      'crashed',
    ]);
  });

  test('the clock of the worker may jump without a lease being lost', async () => {
    await start();
    const id = await post({ stepMs: 20 }, { steps: 80, checkpoint_every: 1_000 });
    await waitUntil('it trains', async () => (await steps(id)) > 5);
    const { now } = Date;
    Date.now = () => now() + 3_600_000;
    try {
      await waitUntil('it succeeds', async () => (await status(id)) === 'succeeded');
    } finally {
      Date.now = now;
    }
    expect(await listAttempts(database, id)).toHaveLength(1);
  });
});
