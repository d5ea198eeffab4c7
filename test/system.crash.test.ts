import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApi, startApi } from '../apps/api/dist/server.js';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';
import { testStores } from './queue-stores.ts';
import { waitUntil } from './wait-until.ts';

type View = {
  id: string;
  status: string;
  status_reason: string | null;
  attempt: number;
  failures: number;
  worker: string | null;
  attempts: { outcome: string | null }[];
};

const workerScript = fileURLToPath(new URL('./worker-process.mjs', import.meta.url));

describe.each(testStores.filter((store) => store.available))('the system with the queue on $name', (kind) => {
  let server: PostgresServer;
  let store: Awaited<ReturnType<typeof kind.start>>;
  let databaseUrl: string;
  let folder: string;
  let api: RunningApi;
  const workers = new Set<ChildProcess>();

  const startApiProcess = () =>
    startApi({
      databaseUrl,
      queue: store.store,
      dataRoot: folder,
      cacheFolder: null,
      port: 0,
      relayEveryMs: 100,
      reconcileEveryMs: 200,
      retryPolicy: { maxFailures: 5, backoffMs: 10, maxBackoffMs: 10 },
    });

  beforeAll(async () => {
    server = await startPostgresServer();
    store = await kind.start();
    databaseUrl = await server.createDatabase();
    folder = await mkdtemp(join(tmpdir(), 'system-'));
    api = await startApiProcess();
  });
  afterEach(async () => {
    for (const worker of workers) await end(worker, 'SIGTERM');
  });
  afterAll(async () => {
    await api.close();
    await store.stop();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  function startWorkerProcess(extra: NodeJS.ProcessEnv = {}): ChildProcess {
    const env = {
      ...process.env,
      ...extra,
      DATABASE_URL: databaseUrl,
      QUEUE_STORE: JSON.stringify(store.store),
      WORK: folder,
    };
    const worker = spawn(process.execPath, [workerScript], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    workers.add(worker);
    return worker;
  }
  async function end(worker: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    workers.delete(worker);
    if (worker.exitCode !== null || worker.signalCode !== null) return;
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    worker.kill(signal);
    await gone;
  }
  async function post(plan: object, config: object): Promise<string> {
    const body = { dataset: 'shapes', loss: 'triplet', force: true, name: JSON.stringify(plan), ...config };
    const answer = await fetch(`${api.url}/experiments`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as View).id;
  }
  const read = async (id: string): Promise<View> =>
    (await fetch(`${api.url}/experiments/${id}`)).json() as Promise<View>;
  const losses = async (id: string): Promise<[number, number][]> => {
    const answer = await fetch(`${api.url}/experiments/${id}/metrics?name=train_loss`);
    const { series } = (await answer.json()) as { series: { points: [number, number][] }[] };
    return series[0]?.points ?? [];
  };
  const settled = (id: string) =>
    waitUntil(`${id} succeeds`, async () => (await read(id)).status === 'succeeded', 40_000);

  function uninterrupted(steps: number): [number, number][] {
    const points: [number, number][] = [];
    for (let step = 0, state = 7; step <= steps; step += 1) {
      state = (state * 31 + step) % 1_000_003;
      points.push([step, state]);
    }
    return points;
  }

  test('a killed supervisor takes its trainer with it, and another worker finishes the run as if nothing had been', async () => {
    const first = startWorkerProcess();
    const id = await post({ stepMs: 20 }, { steps: 120, checkpoint_every: 10 });
    await waitUntil('it trains', async () => (await losses(id)).length > 25);
    const trainers = execFileSync('pgrep', ['-P', String(first.pid)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(trainers).toHaveLength(1);
    await end(first, 'SIGKILL');
    await waitUntil('its trainer is gone', () => !isRunning(Number(trainers[0])), 5_000);
    startWorkerProcess();
    await settled(id);
    expect(await losses(id)).toEqual(uninterrupted(120));
    expect((await read(id)).attempt).toBe(2);
  });

  test('an idle neighbour goes on with the run of a killed supervisor long before its lease is over, and it counts as no failure', async () => {
    const first = startWorkerProcess();
    const id = await post({ stepMs: 20 }, { steps: 200, checkpoint_every: 10 });
    await waitUntil('it trains', async () => (await losses(id)).length > 25);
    startWorkerProcess();
    await waitUntil('the other is there', async () => {
      const answer = await fetch(`${api.url}/workers`);
      return ((await answer.json()) as { items: { alive: boolean }[] }).items.filter(({ alive }) => alive).length > 1;
    });
    await end(first, 'SIGKILL');
    await waitUntil('another attempt began', async () => (await read(id)).attempt === 2, 10_000);
    const { attempts, failures } = await read(id);
    expect(attempts[0]?.outcome).toBe('lost');
    expect(failures).toBe(0);
    await settled(id);
    expect(await losses(id)).toEqual(uninterrupted(200));
  });

  test('an API that ends, a worker that leaves and a queue that is emptied lose nothing', async () => {
    const worker = startWorkerProcess();
    const ids = [];
    for (let n = 0; n < 4; n += 1) ids.push(await post({ stepMs: 10 }, { steps: 40, checkpoint_every: 10, seed: n }));
    await waitUntil('one trains', async () => (await losses(ids[0] ?? '')).length > 5);
    await end(worker, 'SIGTERM');
    await api.close();
    await emptyQueue();
    api = await startApiProcess();
    startWorkerProcess();
    for (const id of ids) {
      await settled(id);
      expect(await losses(id)).toEqual(uninterrupted(40));
    }
  });

  test('a queue that is emptied in the middle of a sweep loses nothing, and nothing runs twice', async () => {
    startWorkerProcess();
    const ids = [];
    for (let n = 0; n < 5; n += 1) ids.push(await post({ stepMs: 10 }, { steps: 60, checkpoint_every: 10, seed: n }));
    await waitUntil('one trains', async () => (await losses(ids[0] ?? '')).length > 5);
    await emptyQueue();
    for (const id of ids) {
      await settled(id);
      expect(await losses(id)).toEqual(uninterrupted(60));
      expect((await read(id)).attempt).toBe(1);
    }
  });

  test('a supervisor that was frozen changes nothing when it thaws: its run is another’s by then', async () => {
    const frozen = startWorkerProcess({ LEASE_MS: '2500' });
    const id = await post({ stepMs: 20 }, { steps: 150, checkpoint_every: 10 });
    await waitUntil('it trains', async () => (await losses(id)).length > 15);
    const name = (await read(id)).worker;
    frozen.kill('SIGSTOP');
    await waitUntil('its lease runs out', async () => (await read(id)).worker !== name, 10_000);
    startWorkerProcess({ LEASE_MS: '2500' });
    await waitUntil('another has it', async () => (await read(id)).attempt === 2, 20_000);
    frozen.kill('SIGCONT');
    await settled(id);
    expect(await losses(id)).toEqual(uninterrupted(150));
    expect(await read(id)).toMatchObject({ attempt: 2, status: 'succeeded' });
  });

  async function emptyQueue(): Promise<void> {
    if (store.store.store === 'redis') {
      const { Redis } = await import('ioredis');
      const client = new Redis(store.store.url);
      await client.flushall();
      await client.quit();
    } else {
      const { default: pg } = await import('pg');
      const client = new pg.Client({ connectionString: store.store.connectionString });
      await client.connect();
      const { rows } = await client.query(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
         WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'`,
      );
      await client.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')} CASCADE`);
      await client.end();
    }
  }

  test('two workers share the work, and each experiment runs once', async () => {
    startWorkerProcess();
    startWorkerProcess();
    const ids = [];
    for (let n = 0; n < 6; n += 1) ids.push(await post({ stepMs: 5 }, { steps: 20, seed: n }));
    for (const id of ids) {
      await settled(id);
      expect((await read(id)).attempt).toBe(1);
    }
  });
});

/** A process that was killed and not yet waited for does not run any more. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(
      execFileSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return false;
  }
}
