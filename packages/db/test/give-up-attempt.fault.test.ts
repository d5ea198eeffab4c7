import { createHash } from 'node:crypto';
import {
  claimExperiment,
  countInterruptedOften,
  type Database,
  type Fence,
  type GiveUp,
  getExperiment,
  giveUpAttempt,
  interruptedOften,
  listAttempts,
  logLinesAfter,
  recordStart,
  requestTransition,
  retryPolicy,
  storeCheckpoint,
} from '@spherelab/db';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { storeRunning } from '../../../test/experiment-fixture.ts';
import { startDatabase } from '../../../test/postgres-server.ts';

const crashed: GiveUp = { outcome: 'crashed', reason: 'the trainer process was killed by SIGSEGV' };
const interrupted: GiveUp = { outcome: 'interrupted', reason: 'the trainer process was killed by SIGKILL' };
const lost: GiveUp = { outcome: 'lost', reason: 'its worker process is dead' };
const outgrown: GiveUp = { outcome: 'released', reason: 'too large', withoutCheckpoint: 'crashed' };

describe('an attempt that ended without an end', () => {
  let database: Database;
  let release: () => Promise<void>;
  let fence: Fence;

  beforeAll(async () => {
    [database, release] = await startDatabase();
  });
  afterAll(() => release());
  beforeEach(async () => {
    fence = await storeRunning(database);
  });

  const row = async () => {
    const experiment = await getExperiment(database.pool, fence.experimentId);
    if (!experiment) throw new Error('gone');
    return experiment;
  };
  /** Ends the running attempt. @returns seconds until the next may begin */
  async function end(how: GiveUp, policy = retryPolicy): Promise<number> {
    await giveUpAttempt(database.pool, { ...fence, attempt: (await row()).attempt }, how, policy);
    const { retry_at: retryAt, updated_at: updatedAt } = await row();
    return retryAt === null ? 0 : Math.round((retryAt.getTime() - updatedAt.getTime()) / 1_000);
  }
  /** Claims it for the next attempt, which goes on from a checkpoint. */
  async function begin(resumedFromStep: number | null = null): Promise<Fence> {
    await database.pool.query('UPDATE experiment SET retry_at = NULL WHERE id = $1', [fence.experimentId]);
    const claim = { worker: 'w', device: 'cpu', leaseMs: 60_000 };
    const claimed = await claimExperiment(database.pool, fence.experimentId, claim);
    const next = { ...fence, attempt: claimed?.attempt ?? 0 };
    await recordStart(database.pool, next, { totalUpdates: 9, resumedFromStep, environment: {} });
    return next;
  }
  async function save(by: Fence, step: number, kind: 'latest' | 'best' | 'final' = 'latest'): Promise<void> {
    const content = Buffer.from(`${kind} ${step}`);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const described = { step, kind, bytes: content.length, sha256, weightsSha256: 'x' };
    async function* whole() {
      yield content;
    }
    await storeCheckpoint(database.pool, by, described, whole());
  }

  test('fails after five failures of its own in a row, each waiting twice as long as the one before', async () => {
    const waits: number[] = [];
    for (let n = 1; n <= 5; n += 1) {
      if (n > 1) await begin();
      waits.push(await end(crashed));
    }
    expect(waits).toEqual([2, 4, 8, 16, 0]);
    const { status, failures, status_reason: reason, error } = await row();
    expect({ status, failures, error }).toMatchObject({ status: 'failed', failures: 5, error: { code: 'crashed' } });
    expect(reason).toMatch(/SIGSEGV \(5 attempts in a row; no more are made\)/);
  });

  test('is never failed by what came from outside: the first time it is tried at once, then after doubled waits up to a bound', async () => {
    const waits: number[] = [];
    for (let n = 1; n <= 12; n += 1) {
      if (n > 1) await begin();
      waits.push(await end(n % 2 === 0 ? lost : interrupted));
    }
    expect(waits).toEqual([0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    expect(await row()).toMatchObject({ status: 'queued', failures: 0, interruptions: 12, error: null });
    const outcomes = (await listAttempts(database, fence.experimentId)).map((attempt) => attempt.outcome);
    expect(outcomes.slice(0, 2)).toEqual(['interrupted', 'lost']);
  });

  test('says how often it was interrupted and when it goes on, in the reason and in the log', async () => {
    await end(interrupted);
    expect((await row()).status_reason).toMatch(/\(interruption 1 in a row .*; the next attempt at once\)/);
    await begin();
    await end(lost);
    expect((await row()).status_reason).toMatch(/\(interruption 2 in a row .*; the next attempt in 2 s\)/);
    const [first] = await logLinesAfter(database.pool, fence.experimentId, 0, 10);
    expect(first).toMatchObject({ level: 'warn', message: expect.stringMatching(/attempt 1 interrupted: .*SIGKILL/) });
  });

  test('raises the alarm in log and gauge when it was interrupted often, and ends it with a new checkpoint', async () => {
    const others = await countInterruptedOften(database.pool);
    const alarming = async () => (await countInterruptedOften(database.pool)) - others;
    for (let n = 1; n < interruptedOften; n += 1) {
      await end(interrupted);
      await begin();
    }
    expect(await alarming()).toBe(0);
    await end(interrupted);
    const alarm = (await logLinesAfter(database.pool, fence.experimentId, 0, 100)).filter(
      (line) => line.level === 'error',
    );
    expect(alarm).toMatchObject([
      { attempt: interruptedOften, message: expect.stringMatching(/Look at what ends processes/) },
    ]);
    expect(await alarming()).toBe(1);
    const next = await begin();
    expect(await alarming()).toBe(1);
    await save(next, 1);
    expect(await alarming()).toBe(0);
    expect(await row()).toMatchObject({ interruptions: 0, failures: 0 });
  });

  test('counts anew after a checkpoint that a run can go on from further, and after no other', async () => {
    await end(crashed);
    const repeated = await begin(5);
    await save(repeated, 6, 'best');
    await save(repeated, 5);
    expect((await row()).failures).toBe(1);
    await save(repeated, 6);
    expect((await row()).failures).toBe(0);
  });

  test('is a release where its process had outgrown its memory, and a failure of its own without a new checkpoint', async () => {
    await save({ ...fence }, 3);
    expect(await end(outgrown)).toBe(0);
    expect(await row()).toMatchObject({ status: 'queued', failures: 0, interruptions: 0 });
    for (let n = 1; n <= 5; n += 1) {
      const stuck = await begin(3);
      await save(stuck, 4, 'best');
      await end(outgrown);
    }
    expect(await row()).toMatchObject({
      status: 'failed',
      failures: 5,
      error: { code: 'crashed', message: 'too large' },
    });
    const outcomes = (await listAttempts(database, fence.experimentId)).map((attempt) => attempt.outcome);
    expect(outcomes).toEqual(['released', ...Array.from({ length: 5 }, () => 'crashed')]);
  });

  test.each(['retry', 'resume'] as const)('forgets both counts on %s', async (action) => {
    await end(crashed);
    await begin();
    await end(interrupted);
    expect(await row()).toMatchObject({ failures: 1, interruptions: 1 });
    await requestTransition(database.pool, fence.experimentId, action === 'retry' ? 'cancel' : 'pause');
    await requestTransition(database.pool, fence.experimentId, action);
    expect(await row()).toMatchObject({ status: 'queued', failures: 0, interruptions: 0 });
  });

  test('honours what the user asked meanwhile, whoever’s fault it was', async () => {
    for (const how of [crashed, interrupted, lost, outgrown]) {
      fence = await storeRunning(database);
      await requestTransition(database.pool, fence.experimentId, 'pause');
      await end(how);
      expect(await row()).toMatchObject({ status: 'paused', status_reason: how.reason, retry_at: null });
    }
  });
});
