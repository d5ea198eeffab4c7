import { createHash, randomBytes } from 'node:crypto';
import {
  type Checkpoint,
  CheckpointError,
  collectChunks,
  type Database,
  deleteExperiment,
  type Fence,
  getCheckpoint,
  listCheckpoints,
  pinCheckpoint,
  readCheckpointContent,
  settleAttempt,
  storeCheckpoint,
} from '@spherelab/db';
import { describe, expect, test } from 'vitest';
import { databaseForEachTest } from '../../../test/database-for-each-test.ts';
import { anyFacts, storeRunning } from '../../../test/experiment-fixture.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const megabyte = 1 << 20;

describe('pieces of checkpoints', () => {
  let database: Database;

  databaseForEachTest((fresh) => {
    database = fresh;
  });

  const running = () => storeRunning(database, 600_000);
  async function* inPieces(bytes: Uint8Array, size = 65_536) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const store = (fence: Fence, bytes: Uint8Array, over: object = {}) =>
    storeCheckpoint(
      database.pool,
      fence,
      {
        step: 1,
        kind: 'latest',
        bytes: bytes.length,
        sha256: sha256(bytes),
        weightsSha256: 'x',
        facts: anyFacts,
        ...over,
      },
      inPieces(bytes),
    );
  async function read(id: string): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of readCheckpointContent(database, (await getCheckpoint(database.pool, id)) as Checkpoint)) {
      parts.push(part);
    }
    return Buffer.concat(parts);
  }
  const count = async (table: string): Promise<number> =>
    Number((await database.pool.query(`SELECT count(*) AS n FROM ${table}`)).rows[0].n);

  test('equal tensors behind different heads are stored once, in one experiment and between two', async () => {
    const tensors = randomBytes(3 * megabyte + 5);
    const heads = [randomBytes(700), randomBytes(1_234)];
    const files = heads.map((head) => Buffer.concat([head, tensors]));
    const [first, second] = [await running(), await running()];
    const ids = [
      await store(first, files[0] as Buffer, { headBytes: 700 }),
      await store(first, files[1] as Buffer, { headBytes: 1_234, kind: 'final' }),
      await store(second, files[0] as Buffer, { headBytes: 700 }),
    ];
    expect(await count('chunk')).toBe(2 + 4);
    expect(await count('checkpoint_chunk')).toBe(3 * 5);
    const hashes = (await Promise.all(ids.map(read))).map(sha256);
    expect(hashes).toEqual([files[0], files[1], files[0]].map((file) => sha256(file as Buffer)));
  });

  test('a file of one repeated megabyte takes the room of one', async () => {
    const bytes = Buffer.alloc(20 * megabyte, 3);
    const id = await store(await running(), bytes);
    expect(await count('chunk')).toBe(1);
    expect((await read(id)).equals(bytes)).toBe(true);
  });

  test('the database refuses bytes under another hash, and to delete a piece that is listed', async () => {
    await store(await running(), randomBytes(10));
    const insert = database.pool.query('INSERT INTO chunk (sha256, data) VALUES ($1, $2)', [
      randomBytes(32),
      randomBytes(5),
    ]);
    await expect(insert).rejects.toMatchObject({ constraint: 'chunk_sha256_check' });
    await expect(database.pool.query('DELETE FROM chunk')).rejects.toMatchObject({ code: /^23/ });
  });

  test('damage on the disk is noticed when the piece is read', async () => {
    const id = await store(await running(), randomBytes(2 * megabyte));
    await database.pool.query('ALTER TABLE chunk DROP CONSTRAINT chunk_sha256_check');
    await database.pool.query(`UPDATE chunk SET data = set_byte(data, 77, 255 - get_byte(data, 77))
      WHERE sha256 = (SELECT sha256 FROM checkpoint_chunk WHERE position = 1)`);
    await expect(read(id)).rejects.toThrow(CheckpointError);
  });

  test('what is kept of each kind, and what is pinned, stays; the rest goes with its pieces', async () => {
    const fence = await running();
    const ids: string[] = [];
    for (let step = 1; step <= 5; step += 1) {
      ids.push(await store(fence, randomBytes(100), { step }));
      await store(fence, randomBytes(100), { step, kind: 'best' });
      if (step === 2) await pinCheckpoint(database.pool, ids[1] as string, true);
    }
    const kept = async () =>
      (await listCheckpoints(database.pool, fence.experimentId)).map(({ kind, step }) => `${kind} ${step}`).sort();
    expect(await kept()).toEqual(['best 5', 'latest 2', 'latest 4', 'latest 5']);
    expect(await collectChunks(database)).toBe(10 - 4);
    await store(fence, randomBytes(100), { step: 6, kind: 'final' });
    await settleAttempt(database.pool, fence, { status: 'succeeded', result: {} });
    expect(await kept()).toEqual(['best 5', 'final 6', 'latest 2', 'latest 5']);
    expect((await read(ids[1] as string)).length).toBe(100);
    await deleteExperiment(database.pool, fence.experimentId);
    await collectChunks(database);
    expect(await count('chunk')).toBe(0);
  });

  test('collecting while others store and delete the same bytes never takes a piece that is listed', async () => {
    // Eight contents in all, so that every upload meets pieces that the collector is just after.
    const contents = Array.from({ length: 8 }, () => randomBytes(300));
    let busy = true;
    let collected = 0;
    const collectors = [1, 2].map(async () => {
      while (busy) collected += await collectChunks(database);
    });
    const stored = new Map<string, Buffer>();
    const uploaders = [1, 2, 3].map(async (seed) => {
      for (let round = 0; round < 60; round += 1) {
        const fence = await running();
        const bytes = contents[(round * seed) % contents.length] as Buffer;
        const id = await store(fence, bytes);
        expect((await read(id)).equals(bytes)).toBe(true);
        if (round % 10 === 9) stored.set(id, bytes);
        else {
          await settleAttempt(database.pool, fence, { status: 'cancelled', reason: 'test' });
          await deleteExperiment(database.pool, fence.experimentId);
        }
      }
    });
    await Promise.all(uploaders);
    busy = false;
    await Promise.all(collectors);
    expect(collected).toBeGreaterThan(20);
    for (const [id, bytes] of stored) expect((await read(id)).equals(bytes)).toBe(true);
    await collectChunks(database);
    expect(await count('chunk')).toBe(new Set([...stored.values()].map(sha256)).size);
  });

  test('a checkpoint of 130 MB is written and read in seconds, and the lease can be renewed all the while', async () => {
    const bytes = randomBytes(130 * 1_000_000);
    const fence = await running();
    let longestMs = 0;
    const ticker = setInterval(async () => {
      const beganMs = performance.now();
      await database.pool.query('UPDATE experiment SET lease_expires_at = now() WHERE id = $1', [fence.experimentId]);
      longestMs = Math.max(longestMs, performance.now() - beganMs);
    }, 50);
    const beganMs = performance.now();
    const id = await store(fence, bytes, { headBytes: 90_000 });
    const writtenMs = performance.now();
    clearInterval(ticker);
    expect((await read(id)).equals(bytes)).toBe(true);
    const readMs = performance.now() - writtenMs;
    console.log(
      `130 MB: written in ${Math.round(writtenMs - beganMs)} ms, read in ${Math.round(readMs)} ms; longest renewal ${Math.round(longestMs)} ms`,
    );
    expect(writtenMs - beganMs).toBeLessThan(20_000);
    expect(readMs).toBeLessThan(20_000);
    expect(longestMs).toBeLessThan(2_000);
  });
});
