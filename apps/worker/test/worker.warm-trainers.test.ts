import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, getExperiment, listAttempts, readMetrics, requestTransition } from '@spherelab/db';
import { isPidAlive } from '@spherelab/host';
import { openQueue, type QueueStore } from '@spherelab/queue';
import { describe, expect, test } from 'vitest';
import { storeExperiment } from '../../../test/experiment-fixture.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import type { WorkerOptions } from '../src/start-worker.ts';
import { uninterrupted, type WorkerUnderTest, workerForEachTest } from './worker-under-test.ts';

const workerProcess = fileURLToPath(new URL('../../../test/worker-process.mjs', import.meta.url));

const gone = (pid: number) => waitUntil(`process ${pid} is gone`, async () => !isPidAlive(pid));

describe('a trainer that stays warm', () => {
  let url: string;
  let database: Database;
  let folder: string;
  let store: QueueStore;
  let start: WorkerUnderTest['start'];

  workerForEachTest({ stopPollMs: 50, cancelGraceMs: 300, pauseGraceMs: 300, drainGraceMs: 2_000 }, (fresh) => {
    ({ url, database, folder, store, start } = fresh);
  });

  async function tell(id: string): Promise<void> {
    const queue = openQueue(store);
    await queue.add([await read(id)]);
    await queue.close();
  }
  async function post(plan: object, config: object = {}): Promise<string> {
    const name = JSON.stringify({ flag: join(folder, 'flag'), ...plan });
    const { id } = await storeExperiment(database, { steps: 20, checkpoint_every: 1_000, ...config, name });
    await tell(id);
    return id;
  }
  const read = async (id: string) => {
    const experiment = await getExperiment(database.pool, id);
    if (!experiment) throw new Error('gone');
    return experiment;
  };
  const settled = (id: string, status: string) =>
    waitUntil(`${id} is ${status}`, async () => {
      const experiment = await read(id);
      if (experiment.status === 'queued' && experiment.attempt > 0) await tell(id);
      return experiment.status === status;
    });
  const losses = async (id: string) =>
    (await readMetrics(database.pool, id, { names: ['train_loss'] })).map((point) => point.value);
  const training = (id: string) => waitUntil('it trains', async () => (await losses(id)).length > 2);
  const pidOf = async (id: string) => (await read(id)).environment?.trainer_pid as number;
  /** Runs one to its end. @returns the process that trained it */
  const finish = async (plan: object = {}, config: object = {}): Promise<number> => {
    const id = await post({ other: Math.random(), ...plan }, config);
    await settled(id, 'succeeded');
    expect(await losses(id)).toEqual(uninterrupted(20));
    return pidOf(id);
  };

  test('makes one run after the other, each as in a process of its own', async () => {
    await start();
    const pids = [await finish(), await finish(), await finish()];
    expect(new Set(pids).size).toBe(1);
  });

  test('what comes too late from one run does not reach the next', async () => {
    await start();
    const first = await post({ late: true });
    await settled(first, 'succeeded');
    const second = await post({});
    await settled(second, 'succeeded');
    expect(await pidOf(second)).toBe(await pidOf(first));
    expect(await losses(second)).toEqual(uninterrupted(20));
    for (const id of [first, second]) {
      expect(await readMetrics(database.pool, id, { names: ['late'] })).toEqual([]);
    }
  });

  test.each(['pause', 'cancel'] as const)(
    'a %s of one run stops no other, however late its grace ends',
    async (verb) => {
      await start();
      const stopped = await post({ stepMs: 20 }, { steps: 10_000 });
      await training(stopped);
      await requestTransition(database.pool, stopped, verb);
      await settled(stopped, verb === 'pause' ? 'paused' : 'cancelled');
      // Longer than the grace.
      expect(await finish({ stepMs: 30 })).toBe(await pidOf(stopped));
      if (verb === 'cancel') return;
      await requestTransition(database.pool, stopped, 'resume');
      await tell(stopped);
      const before = (await losses(stopped)).length;
      await waitUntil('it goes on', async () => (await losses(stopped)).length > before);
      expect((await losses(stopped)).slice(0, before + 1)).toEqual(uninterrupted(before));
      expect((await listAttempts(database, stopped)).at(-1)).toMatchObject({ number: 2, resumed_from_step: before });
    },
  );

  test.each([
    ['failed', { failAt: 3 }, 'failed'],
    ['was killed', { killedAt: 3 }, 'succeeded'],
    ['exited', { exitAt: 3 }, 'succeeded'],
  ])('one whose run %s is replaced, and only that run pays', async (_, plan, status) => {
    await start();
    const warm = await finish();
    const broken = await post(plan);
    await settled(broken, status);
    await gone(warm);
    expect((await read(broken)).attempt).toBe(status === 'failed' ? 1 : 2);
    const fresh = await finish();
    expect(fresh).not.toBe(warm);
    expect(await finish()).toBe(fresh);
  });

  test('one that hangs is killed, and its successor is fresh', async () => {
    await start({ numbers: { stallTimeoutMs: 3_000 } });
    const warm = await finish();
    const hung = await post({ hangAt: 3 });
    await settled(hung, 'succeeded');
    await gone(warm);
    expect((await listAttempts(database, hung))[0]?.reason).toMatch(/no progress for 3000 ms/);
  });

  test('one that is killed while it waits costs no run an attempt', async () => {
    await start();
    const warm = await finish();
    process.kill(warm, 'SIGKILL');
    await gone(warm);
    const id = await post({});
    await settled(id, 'succeeded');
    expect((await read(id)).attempt).toBe(1);
  });

  test('one whose lease is lost is killed; the next run has a fresh one', async () => {
    await start();
    const warm = await finish();
    const lost = await post({ stepMs: 20 }, { steps: 10_000 });
    await training(lost);
    expect(await pidOf(lost)).toBe(warm);
    await database.pool.query(`UPDATE experiment SET attempt = attempt + 1, lease_owner = 'another' WHERE id = $1`, [
      lost,
    ]);
    await gone(warm);
    expect(await finish()).not.toBe(warm);
    expect(await read(lost)).toMatchObject({ status: 'running', lease_owner: 'another', attempt: 2 });
  });

  test('waits for a bounded time', async () => {
    await start({ numbers: { warmIdleMs: 300 } });
    const warm = await finish();
    await gone(warm);
    expect(await finish()).not.toBe(warm);
  });

  test.each<[string, Partial<WorkerOptions>]>([
    ['has grown', { numbers: { warmGrowthMb: -10_000 } }],
    ['holds too much to wait with', { memoryLimitMb: 2 }],
  ])('is replaced when it %s', async (_, over) => {
    await start(over);
    const first = await finish();
    await gone(first);
    expect(await finish()).not.toBe(first);
  });

  test('is replaced when the code was built again meanwhile', async () => {
    let version = 'one';
    await start({ codeVersion: () => version });
    const first = await finish();
    expect(await finish()).toBe(first);
    version = 'two';
    expect(await finish()).not.toBe(first);
    await gone(first);
  });

  test('is replaced where the next run needs another number of threads', async () => {
    await start();
    const id = await post({ stepMs: 20 }, { steps: 100 });
    await training(id);
    await requestTransition(database.pool, id, 'pause');
    await settled(id, 'paused');
    const warm = await pidOf(id);
    await database.pool.query(
      `UPDATE experiment SET environment = environment || '{"intra_op_threads": 1}' WHERE id = $1`,
      [id],
    );
    await requestTransition(database.pool, id, 'resume');
    await settled(id, 'succeeded');
    await gone(warm);
    expect((await read(id)).environment).toMatchObject({ intra_op_threads: 1 });
    expect(await losses(id)).toEqual(uninterrupted(100));
  });

  test('goes with its worker, be that asked to leave or killed', async () => {
    const worker = await start();
    const warm = await finish();
    await worker.close();
    expect(isPidAlive(warm)).toBe(false);
    const supervisor = await startProcess();
    const waiting = await finish();
    supervisor.kill('SIGKILL');
    await gone(waiting);
  });

  /** A worker as a process of its own. */
  async function startProcess(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [workerProcess], {
      env: { ...process.env, DATABASE_URL: url, QUEUE_STORE: JSON.stringify(store), WORK: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    return child;
  }
});
