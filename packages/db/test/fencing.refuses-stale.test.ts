import { createHash } from 'node:crypto';
import { unknownProvenance } from '@spherelab/config';
import {
  beginAnew,
  claimExperiment,
  type Database,
  type Fence,
  getExperiment,
  giveUpAttempt,
  giveUpExpiredAttempts,
  listCheckpoints,
  logLinesAfter,
  readMetrics,
  recordProgress,
  recordStart,
  removeAbandonedCheckpoints,
  renewLease,
  requestTransition,
  StaleAttemptError,
  settleAttempt,
  storeCheckpoint,
  writeArtifact,
  writeLogLine,
  writeMetrics,
} from '@spherelab/db';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anyFacts, storeExperiment, storeRunning } from '../../../test/experiment-fixture.ts';
import { startDatabase } from '../../../test/postgres-server.ts';

const policy = { maxFailures: 5, backoffMs: 1_000, maxBackoffMs: 5_000 };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('fencing', () => {
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
  const claimAgain = async () => {
    await giveUpAttempt(database.pool, fence, { outcome: 'released', reason: 'test' }, policy);
    return claimExperiment(database.pool, fence.experimentId, { worker: 'v', device: 'cpu', leaseMs: 60_000 });
  };
  async function* pieces(...list: Uint8Array[]) {
    yield* list;
  }

  test('one of many workers gets an experiment', async () => {
    const { id } = await storeExperiment(database);
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        claimExperiment(database.pool, id, { worker: `w${n}`, device: 'cpu', leaseMs: 60_000 }),
      ),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });

  test('every kind of write of an attempt that is over is refused and changes nothing', async () => {
    await claimAgain();
    const before = await row();
    const content = Buffer.from('old');
    const about = { sha256: sha256(content), weightsSha256: 'x', facts: anyFacts };
    const checkpoint = { step: 1, kind: 'latest' as const, bytes: 3, ...about };
    const asBegun = { config: before.config, identity: 'x', provenance: unknownProvenance, keepsPosted: false };
    const writes: (() => Promise<unknown>)[] = [
      () => renewLease(database.pool, fence, 1_000_000),
      () => writeMetrics(database.pool, fence, [{ name: 'lr', step: 1, value: 1 }]),
      () => writeLogLine(database.pool, fence, 'info', 'from the dead'),
      () => writeArtifact(database.pool, fence, 'graph', content),
      () => beginAnew(database, fence, asBegun),
      () => recordProgress(database.pool, fence, { step: 9, totalUpdates: 9, phase: 'training' }),
      () => recordStart(database.pool, fence, { totalUpdates: 9, resumedFromStep: null, environment: {} }),
      () => storeCheckpoint(database.pool, fence, checkpoint, pieces(content)),
      () => settleAttempt(database.pool, fence, { status: 'succeeded', result: {} }),
      () => settleAttempt(database.pool, fence, { status: 'cancelled', reason: 'x' }),
      () => giveUpAttempt(database.pool, fence, { outcome: 'crashed', reason: 'x' }, policy),
    ];
    for (const write of writes) await expect(write(), write.toString()).rejects.toThrow(StaleAttemptError);
    expect(await row()).toEqual(before);
    expect(await readMetrics(database.pool, fence.experimentId, {})).toEqual([]);
    expect(await listCheckpoints(database.pool, fence.experimentId)).toEqual([]);
    const lines = await logLinesAfter(database.pool, fence.experimentId, 0, 10);
    expect(lines.map((line) => line.message)).not.toContain('from the dead');
  });

  test('a batch of metrics can be written twice, and a later attempt replaces the points it repeats', async () => {
    const points = [
      { name: 'lr', step: 1, value: 1 },
      { name: 'lr', step: 2, value: Number.NaN },
    ];
    await writeMetrics(database.pool, fence, points);
    await writeMetrics(database.pool, fence, points);
    expect(await readMetrics(database.pool, fence.experimentId, {})).toEqual(points);
    await claimAgain();
    const later = { ...fence, attempt: 2 };
    await writeMetrics(database.pool, later, [{ name: 'lr', step: 2, value: 5 }]);
    await expect(writeMetrics(database.pool, fence, [{ name: 'lr', step: 2, value: 7 }])).rejects.toThrow(
      StaleAttemptError,
    );
    expect((await readMetrics(database.pool, fence.experimentId, {})).map((point) => point.value)).toEqual([1, 5]);
  });

  test('a claim waits for a fenced write that is under way, so that the write is never seen after it', async () => {
    const client = await database.pool.connect();
    await client.query('BEGIN');
    await writeMetrics(client, fence, [{ name: 'lr', step: 1, value: 1 }]);
    let claimed = false;
    const claim = claimAgain().then(() => {
      claimed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(claimed).toBe(false);
    await client.query('COMMIT');
    client.release();
    await claim;
    expect(await readMetrics(database.pool, fence.experimentId, {})).toHaveLength(1);
  });

  test('a checkpoint is not seen before it is whole, and not at all when bytes or lease are lost on the way', async () => {
    const content = Buffer.alloc(2_500_000, 7);
    const checkpoint = {
      step: 4,
      kind: 'latest' as const,
      bytes: content.length,
      sha256: sha256(content),
      weightsSha256: 'x',
      facts: anyFacts,
    };
    const { experimentId } = fence;
    async function* spied() {
      yield content.subarray(0, 2_000_000);
      expect(await listCheckpoints(database.pool, experimentId)).toEqual([]);
      yield content.subarray(2_000_000);
    }
    await storeCheckpoint(database.pool, fence, checkpoint, spied());
    expect(await listCheckpoints(database.pool, experimentId)).toMatchObject([{ step: 4, bytes: content.length }]);
    await expect(
      storeCheckpoint(database.pool, fence, { ...checkpoint, step: 5 }, pieces(content.subarray(1))),
    ).rejects.toThrow(/other bytes/);
    async function* overtaken() {
      yield content.subarray(0, 2_000_000);
      await claimAgain();
      yield content.subarray(2_000_000);
    }
    await expect(storeCheckpoint(database.pool, fence, { ...checkpoint, step: 6 }, overtaken())).rejects.toThrow(
      StaleAttemptError,
    );
    expect((await listCheckpoints(database.pool, experimentId)).map((one) => one.step)).toEqual([4]);
    const { rows } = await database.pool.query('SELECT count(*) FROM checkpoint WHERE experiment_id = $1', [
      experimentId,
    ]);
    expect(rows[0].count).toBe(1);
    expect(await removeAbandonedCheckpoints(database.pool)).toBe(0);
  });

  test('an expired lease is closed once, and tried again at once the first time, then later each time', async () => {
    const waits: number[] = [];
    for (const attempt of [1, 2, 3, 4, 5, 6]) {
      await database.pool.query(`UPDATE experiment SET lease_expires_at = now() - interval '1 s' WHERE id = $1`, [
        fence.experimentId,
      ]);
      await expect(renewLease(database.pool, { ...fence, attempt }, 1_000)).rejects.toThrow(StaleAttemptError);
      const closed = await Promise.all([1, 2, 3].map(() => giveUpExpiredAttempts(database.pool, policy)));
      expect(closed.flat()).toEqual([fence.experimentId]);
      const experiment = await row();
      const { retry_at: retryAt, updated_at: updatedAt } = experiment;
      waits.push(retryAt === null ? 0 : Math.round((retryAt.getTime() - updatedAt.getTime()) / 1_000));
      await database.pool.query('UPDATE experiment SET retry_at = NULL WHERE id = $1', [fence.experimentId]);
      await claimExperiment(database.pool, fence.experimentId, { worker: 'w', device: 'cpu', leaseMs: 60_000 });
    }
    expect(waits).toEqual([0, 1, 2, 4, 5, 5]);
    expect(await row()).toMatchObject({ status: 'running', failures: 0, interruptions: 6, error: null });
  });

  test('what the user asked is honoured when the attempt is lost meanwhile', async () => {
    await requestTransition(database.pool, fence.experimentId, 'pause');
    await database.pool.query(`UPDATE experiment SET lease_expires_at = now() - interval '1 s' WHERE id = $1`, [
      fence.experimentId,
    ]);
    await giveUpExpiredAttempts(database.pool, policy);
    expect(await row()).toMatchObject({ status: 'paused', stop_requested: null });
  });
});
