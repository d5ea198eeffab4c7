import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Database,
  getExperiment,
  listAttempts,
  listCheckpoints,
  listWorkers,
  logLinesAfter,
  readMetrics,
  requestTransition,
} from '@spherelab/db';
import { openQueue, type QueueStore } from '@spherelab/queue';
import { describe, expect, test } from 'vitest';
import { storeExperiment } from '../../../test/experiment-fixture.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { uninterrupted, type WorkerUnderTest, workerForEachTest } from './worker-under-test.ts';

describe('the worker', () => {
  let database: Database;
  let folder: string;
  let store: QueueStore;
  let start: WorkerUnderTest['start'];

  workerForEachTest({ stopPollMs: 50, cancelGraceMs: 2_000, pauseGraceMs: 2_000, drainGraceMs: 2_000 }, (fresh) => {
    ({ database, folder, store, start } = fresh);
  });

  async function post(plan: object, config: object = {}): Promise<string> {
    const { id } = await storeExperiment(database, {
      steps: 20,
      checkpoint_every: 5,
      ...config,
      name: JSON.stringify({ flag: join(folder, 'flag'), ...plan }),
    });
    await tell(id);
    return id;
  }

  async function tell(id: string): Promise<void> {
    const experiment = await getExperiment(database.pool, id);
    if (!experiment) throw new Error('gone');
    const queue = openQueue(store);
    await queue.add([experiment]);
    await queue.close();
  }

  /** Plays the relay, which tells the queue after each attempt, until the experiment is in a state and had so many attempts. */
  /** @returns the experiment as it was seen in that state: the worker may begin it again at once */
  const tellUntil = async (id: string, status: string, attempts = 0) => {
    let experiment = await read(id);
    await waitUntil(`${id} is ${status}`, async () => {
      experiment = await read(id);
      if (experiment.status === status && experiment.attempt >= attempts) return true;
      if (experiment.status === 'queued') await tell(id);
      return false;
    });
    return experiment;
  };

  const read = async (id: string) => {
    const experiment = await getExperiment(database.pool, id);
    if (!experiment) throw new Error('gone');
    return experiment;
  };
  const settled = (id: string, status: string) =>
    waitUntil(`${id} is ${status}`, async () => (await read(id)).status === status);
  const attemptOver = (id: string, number: number) =>
    waitUntil(`attempt ${number} of ${id} is over`, async () => {
      const attempts = await listAttempts(database, id);
      return attempts.filter((attempt) => attempt.ended_at !== null).length === number;
    });
  const losses = async (id: string) =>
    (await readMetrics(database.pool, id, { names: ['train_loss'] })).map((point) => point.value);

  test('runs an experiment to its end: metrics, checkpoints, result', async () => {
    const worker = await start({ name: 'first' });
    const id = await post({});
    await settled(id, 'succeeded');
    const experiment = await read(id);
    expect(worker.name).toBe('first');
    expect(experiment).toMatchObject({ attempt: 1, steps_done: 21, total_updates: 21, lease_owner: null, failures: 0 });
    expect(experiment.result).toMatchObject({ updates: 21 });
    expect(experiment.environment).toMatchObject({ engine: 'fake', intra_op_threads: 2 });
    expect(await losses(id)).toEqual(uninterrupted(20));
    expect((await listCheckpoints(database.pool, id)).map(({ kind, step }) => `${kind} ${step}`)).toEqual([
      'final 21',
      'latest 20',
    ]);
    expect(await listAttempts(database, id)).toMatchObject([{ number: 1, worker: 'first', outcome: 'succeeded' }]);
    expect(await listWorkers(database.pool)).toMatchObject([{ name: 'first', alive: true, devices: ['cpu'] }]);
    const left = (await readdir(tmpdir())).filter((name) => name.startsWith(`spherelab-work-${process.pid}-`));
    expect(left).toEqual([]);
  });

  test('goes on from the checkpoint when the trainer is killed, and the series is that of an uninterrupted run', async () => {
    await start();
    const id = await post({ killedAt: 13, checkpointBytes: 3_000_000 });
    await attemptOver(id, 1);
    // At once, and by the same worker: it is free.
    await settled(id, 'succeeded');
    expect(await losses(id)).toEqual(uninterrupted(20));
    expect(await listAttempts(database, id)).toMatchObject([
      { number: 1, outcome: 'interrupted', reason: expect.stringMatching(/SIGKILL/), resumed_from_step: null },
      { number: 2, outcome: 'succeeded', resumed_from_step: 10 },
    ]);
    expect((await read(id)).attempt).toBe(2);
  });

  test.each([
    ['segfaults', 'segfaultAt', /killed by SIGSEGV.*\(5 attempts in a row; no more are made\)/],
    ['exits', 'exitAt', /exited with code 1.*\(5 attempts in a row; no more are made\)/],
    ['hangs', 'hangAt', /no progress for 2000 ms.*\(5 attempts in a row; no more are made\)/],
  ])('fails an experiment whose trainer %s again and again without a new checkpoint', async (_, fault, reason) => {
    await start({ retryPolicy: { maxFailures: 5, backoffMs: 1, maxBackoffMs: 1 }, numbers: { stallTimeoutMs: 2_000 } });
    const id = await post({ [fault]: 2, attempts: 99 });
    await tellUntil(id, 'failed');
    const experiment = await read(id);
    expect(experiment).toMatchObject({ failures: 5, interruptions: 0, attempt: 5, error: { code: 'crashed' } });
    expect(experiment.status_reason).toMatch(reason);
  });

  test('never fails one whose trainer is killed from outside: after eight times before a checkpoint it ends as any other', async () => {
    await start();
    const id = await post({ killedAt: 3, attempts: 8 });
    await tellUntil(id, 'succeeded');
    expect(await losses(id)).toEqual(uninterrupted(20));
    const outcomes = (await listAttempts(database, id)).map((attempt) => attempt.outcome);
    expect(outcomes).toEqual([...Array.from({ length: 8 }, () => 'interrupted'), 'succeeded']);
    expect(await read(id)).toMatchObject({ failures: 0, interruptions: 0 });
  });

  test('never fails one for a full disk, be it the trainer that finds it full or the worker', async () => {
    await start();
    const id = await post({ diskFullAt: 3, attempts: 6 });
    await tellUntil(id, 'succeeded');
    expect((await listAttempts(database, id)).slice(0, 6).map((attempt) => attempt.outcome)).toEqual(
      Array.from({ length: 6 }, () => 'interrupted'),
    );
    const { TMPDIR } = process.env;
    // Stands for a folder in which nothing can be made.
    process.env.TMPDIR = join(folder, 'not-there');
    const other = await post({ other: 1 });
    try {
      const refused = await tellUntil(other, 'queued', 5);
      expect(refused).toMatchObject({ failures: 0, status_reason: expect.stringMatching(/ENOENT.*mkdtemp/) });
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
    await tellUntil(other, 'succeeded');
    expect(await losses(other)).toEqual(uninterrupted(20));
  });

  test('fails one that the kernel kills again and again above its memory limit', async () => {
    await start({ memoryLimitMb: 1, numbers: { memoryWatchMs: 20 } });
    const id = await post({ stepMs: 30, killedAt: 4, attempts: 99 });
    await tellUntil(id, 'failed');
    expect((await read(id)).status_reason).toMatch(
      /SIGKILL; it held \d+ MB of memory, more than 1: .*3 attempts in a row/,
    );
  });

  test('fails at once where training says that another try would fail too, and goes on with other work', async () => {
    await start();
    const bad = await post({ failAt: 3 });
    const good = await post({ other: 1 });
    await settled(bad, 'failed');
    expect((await read(bad)).error).toEqual({
      code: 'bad_image',
      message: 'a picture cannot be read',
      retryable: false,
    });
    expect((await logLinesAfter(database.pool, bad, 0, 10))[0]?.message).toMatch(/a picture cannot be read/);
    await settled(good, 'succeeded');
  });

  test('cancels within a step, also where the trainer does not listen', async () => {
    await start({ numbers: { cancelGraceMs: 300 } });
    for (const plan of [{ stepMs: 50 }, { stepMs: 50, ignoreStop: true }]) {
      const id = await post(plan, { steps: 10_000 });
      await waitUntil('it trains', async () => (await losses(id)).length > 2);
      expect((await requestTransition(database.pool, id, 'cancel'))?.stop_requested).toBe('cancel');
      await settled(id, 'cancelled');
      const experiment = await read(id);
      expect(experiment.status_reason).toMatch(/cancelled by request/);
      expect(experiment.stop_requested).toBeNull();
      const count = (await losses(id)).length;
      expect((await losses(id)).length).toBe(count);
    }
  });

  test('pauses with a checkpoint, resumes from it, and ends as an uninterrupted run', async () => {
    await start();
    const id = await post({ stepMs: 20 }, { steps: 60, checkpoint_every: 1_000 });
    await waitUntil('it trains', async () => (await losses(id)).length > 5);
    await requestTransition(database.pool, id, 'pause');
    await settled(id, 'paused');
    const [checkpoint] = await listCheckpoints(database.pool, id);
    expect(checkpoint?.step).toBe((await losses(id)).length);
    await requestTransition(database.pool, id, 'resume');
    await tell(id);
    await settled(id, 'succeeded');
    expect(await losses(id)).toEqual(uninterrupted(60));
  });

  test('gives its work back with a checkpoint when it is asked to leave, and another worker finishes it', async () => {
    const leaving = await start();
    const id = await post({ stepMs: 20 }, { steps: 60, checkpoint_every: 1_000 });
    await waitUntil('it trains', async () => (await losses(id)).length > 5);
    await leaving.close();
    const released = await read(id);
    expect(released).toMatchObject({ status: 'queued', failures: 0, lease_owner: null });
    expect((await listWorkers(database.pool))[0]?.alive).toBe(false);
    await start();
    await tell(id);
    await settled(id, 'succeeded');
    expect(await losses(id)).toEqual(uninterrupted(60));
    expect(await listAttempts(database, id)).toMatchObject([{ outcome: 'released' }, { outcome: 'succeeded' }]);
  });

  test('kills a trainer that makes no progress', async () => {
    await start({ numbers: { stallTimeoutMs: 400 } });
    const id = await post({ hangAt: 7 });
    await attemptOver(id, 1);
    expect((await listAttempts(database, id))[0]?.reason).toMatch(/no progress for 400 ms/);
  });

  test('kills the trainer and writes nothing more when the experiment was given to someone else', async () => {
    await start();
    const id = await post({ stepMs: 20 }, { steps: 10_000 });
    await waitUntil('it trains', async () => (await losses(id)).length > 2);
    await database.pool.query(`UPDATE experiment SET attempt = attempt + 1, lease_owner = 'another' WHERE id = $1`, [
      id,
    ]);
    await waitUntil('the trainer is gone', async () => {
      const before = (await losses(id)).length;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return (await losses(id)).length === before;
    });
    expect(await read(id)).toMatchObject({ status: 'running', lease_owner: 'another', attempt: 2 });
  });

  test('kills the trainer by its own clock when the lease cannot be renewed', async () => {
    await start({ numbers: { renewEveryMs: 1_000_000, ownDeadlineMs: 500 } });
    const id = await post({ stepMs: 20 }, { steps: 10_000 });
    await attemptOver(id, 1);
    expect((await listAttempts(database, id))[0]?.reason).toMatch(/lease could not be renewed/);
  });

  test('resumes from the checkpoint before when the newest is damaged, and with the threads of the attempt before', async () => {
    // The next attempt waits until the checkpoint is damaged.
    const anHour = 3_600_000;
    await start({ retryPolicy: { maxFailures: 3, backoffMs: anHour, maxBackoffMs: anHour } });
    const id = await post({ exitAt: 13 });
    await attemptOver(id, 1);
    const [newest] = await listCheckpoints(database.pool, id);
    await database.pool.query('ALTER TABLE chunk DROP CONSTRAINT chunk_sha256_check');
    await database.pool.query(
      `UPDATE chunk SET data = '\\x00' FROM checkpoint_chunk
       WHERE chunk.sha256 = checkpoint_chunk.sha256 AND checkpoint_id = $1`,
      [newest?.id],
    );
    await database.pool.query(
      `UPDATE experiment SET retry_at = NULL, environment = environment || '{"intra_op_threads": 1}' WHERE id = $1`,
      [id],
    );
    await tell(id);
    await settled(id, 'succeeded');
    expect(await listAttempts(database, id)).toMatchObject([{}, { resumed_from_step: 5 }]);
    expect((await read(id)).environment).toMatchObject({ intra_op_threads: 1 });
    expect(await losses(id)).toEqual(uninterrupted(20));
  });
});
