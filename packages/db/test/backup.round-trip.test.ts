import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  applyMigrations,
  BackupError,
  claimExperiment,
  createSweep,
  type Database,
  type Fence,
  inTransaction,
  listCheckpoints,
  openDatabase,
  readCheckpointContent,
  restoreBackup,
  storeCheckpoint,
  writeArtifact,
  writeBackup,
  writeLogLine,
  writeMetrics,
} from '@spherelab/db';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anyFacts, newExperiment } from '../../../test/experiment-fixture.ts';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('a backup', () => {
  let server: PostgresServer;
  let folder: string;
  let file: string;
  let url: string;
  let database: Database;
  let fence: Fence;
  const content = randomBytes(2_500_000);

  beforeAll(async () => {
    server = await startPostgresServer();
    folder = await mkdtemp(join(tmpdir(), 'backup-'));
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    file = join(folder, `${randomBytes(4).toString('hex')}.backup`);
    url = await server.createDatabase();
    database = openDatabase(url);
    const { experiments } = await inTransaction(database, (client) =>
      createSweep(client, { name: 'z "quoted", with\nlines\u2028', request: { b: 1, a: [2, { d: 1, c: 2 }] } }, [
        newExperiment({ tags: ['x', 'y z'] }),
        newExperiment({ seed: 4 }),
      ]),
    );
    const id = experiments[0]?.id as string;
    await claimExperiment(database.pool, id, { worker: 'w', device: 'cpu', leaseMs: 1 });
    fence = { experimentId: id, attempt: 1 };
    const values = [Math.PI, -0, 5e-324, 1.7976931348623157e308, Number.NaN, Number.POSITIVE_INFINITY, 0.1 + 0.2];
    const points = values.map((value, step) => ({ name: 'lr', step, value }));
    await writeMetrics(database.pool, fence, points);
    await writeLogLine(database.pool, fence, 'warn', 'tab\t, "quote", \\back, \u2028 and ümläut 𝕊');
    const checkpoint = { step: 3, kind: 'latest' as const, bytes: content.length, sha256: sha256(content) };
    await writeArtifact(database.pool, fence, 'manifest', Buffer.from('images/ä/1.png,0,abc'));
    await storeCheckpoint(
      database.pool,
      fence,
      { ...checkpoint, weightsSha256: 'x', facts: anyFacts },
      (async function* () {
        yield content;
      })(),
    );
    return () => database.close();
  });

  /** Every row of every table as text, in order. */
  async function everything(of: string): Promise<Record<string, string[]>> {
    const client = new pg.Client({ connectionString: of });
    await client.connect();
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
    );
    const all: Record<string, string[]> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(
        `SELECT t::text AS row FROM "${name}" t ORDER BY t::text COLLATE "C"`,
      );
      all[name] = rows.map(({ row }) => sha256(Buffer.from(row)));
    }
    await client.end();
    return all;
  }

  test('restored into an empty database has every row of every table, bit by bit, and goes on from there', async () => {
    const rows = await writeBackup(url, file);
    expect(rows).toMatchObject({
      experiment: 2,
      sweep: 1,
      sweep_member: 2,
      metric: 7,
      log_line: 1,
      chunk: 3,
      outbox: 2,
    });
    const target = await server.createEmptyDatabase();
    expect(await restoreBackup(target, file)).toEqual(rows);
    expect(await everything(target)).toEqual(await everything(url));
    const restored = openDatabase(target);
    const [checkpoint] = await listCheckpoints(restored.pool, fence.experimentId);
    const hash = createHash('sha256');
    if (checkpoint) for await (const piece of readCheckpointContent(restored, checkpoint)) hash.update(piece);
    expect(hash.digest('hex')).toBe(sha256(content));
    // Numbers go on after the last one: a sequence that began anew would break the key or the stream of events.
    await writeMetrics(restored.pool, fence, [{ name: 'lr', step: 99, value: 1 }]);
    await writeLogLine(restored.pool, fence, 'info', 'after');
    const { rows: last } = await restored.pool.query('SELECT step FROM metric ORDER BY seq DESC LIMIT 1');
    expect(last).toEqual([{ step: 99 }]);
    await restored.close();
  });

  test('is what was there at one moment, though others write all the while', async () => {
    let busy = true;
    let step = 100;
    const writer = (async () => {
      for (; busy; step += 1) {
        await inTransaction(database, async (client) => {
          await writeMetrics(client, fence, [{ name: 'a', step, value: step }]);
          await writeLogLine(client, fence, 'info', String(step));
        });
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const rows = await writeBackup(url, file);
    busy = false;
    await writer;
    expect(rows.metric).toBeGreaterThan(7);
    expect((rows.metric as number) - 7).toBe((rows.log_line as number) - 1);
  });

  test('is refused by a database with rows, which stays as it was, unless told to replace them', async () => {
    await writeBackup(url, file);
    const target = await server.createDatabase();
    const other = openDatabase(target);
    await inTransaction(other, (client) => createSweep(client, { name: 'mine', request: {} }, [newExperiment()]));
    const before = await everything(target);
    await expect(restoreBackup(target, file)).rejects.toThrow(/not empty/);
    expect(await everything(target)).toEqual(before);
    await restoreBackup(target, file, { replace: true });
    expect(await everything(target)).toEqual(await everything(url));
    await other.close();
  });

  test('that is damaged, cut off or no backup changes nothing', async () => {
    await writeBackup(url, file);
    const target = await server.createDatabase();
    const before = await everything(target);
    const text = gunzipSync(await readFile(file)).toString();
    const lines = text.split('\n');
    const wrong: Record<string, Buffer> = {
      'cut off': (await readFile(file)).subarray(0, 2_000),
      'a row less': gzipSync(lines.filter((line) => !line.startsWith('["log_line"')).join('\n')),
      'another value': gzipSync(text.replace('3.14159', '3.14158')),
      'no end': gzipSync(lines.slice(0, -2).join('\n').concat('\n')),
      'something else': Buffer.from('hello'),
      'something else, zipped': gzipSync('hello\n'),
      'of a newer program': gzipSync(text.replace('"migrations":[', '"migrations":["29990101000000_future",')),
    };
    for (const [what, bytes] of Object.entries(wrong)) {
      await writeFile(file, bytes);
      await expect(restoreBackup(target, file), what).rejects.toThrow(BackupError);
      expect(await everything(target), what).toEqual(before);
    }
  });

  test('of a release that had the tables of now and other rows is refused by a database of now', async () => {
    await writeBackup(url, file);
    const text = gunzipSync(await readFile(file)).toString();
    const older = text.replace('"20261126010000_new_fields",', '');
    expect(older).not.toBe(text);
    await writeFile(file, gzipSync(older));
    const target = await server.createDatabase();
    const before = await everything(target);
    await expect(restoreBackup(target, file, { replace: true })).rejects.toThrow(/newer schema/);
    expect(await everything(target)).toEqual(before);
  });

  test('of an older release is restored with its schema and then brought up to date', async () => {
    const old = await server.createEmptyDatabase();
    const [first] = await applyMigrations(old, undefined, new Set(['20261124000000_init']));
    expect(first).toBe('20261124000000_init');
    const client = new pg.Client({ connectionString: old });
    await client.connect();
    await client.query(`INSERT INTO experiment (config, sources, identity, dataset, loss, device)
      VALUES ('{}', '{}', 'i', 'shapes', 'ms', 'any')`);
    await client.query(`INSERT INTO checkpoint (experiment_id, attempt, step, kind, bytes, sha256, weights_sha256, published_at)
      SELECT id, 1, 1, 'final', 4, 'x', 'y', now() FROM experiment`);
    await client.query(`INSERT INTO checkpoint_chunk SELECT id, 0, '\\x01020304' FROM checkpoint`);
    await client.end();
    await writeBackup(old, file);
    const target = await server.createEmptyDatabase();
    await restoreBackup(target, file);
    const restored = openDatabase(target);
    const { rows } = await restored.pool.query('SELECT data FROM checkpoint_chunk JOIN chunk USING (sha256)');
    expect(rows).toEqual([{ data: Buffer.from([1, 2, 3, 4]) }]);
    await restored.close();
  });
});
