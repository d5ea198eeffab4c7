import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  applyMigrations,
  claimExperiment,
  type Database,
  type Fence,
  getExperiment,
  isTransientError,
  listCheckpoints,
  openDatabase,
  readCheckpointContent,
  readMetrics,
  recordProgress,
  writeMetrics,
} from '@spherelab/db';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newExperiment } from '../../../test/experiment-fixture.ts';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { waitUntil } from '../../../test/wait-until.ts';

const migrations = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer();
});
afterAll(() => server.stop());

/** A folder with the first migration only: the schema of the first release. */
async function firstRelease(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  const [first] = (await readdir(migrations)).filter((name) => /^\d/.test(name)).sort();
  await cp(join(migrations, first as string), join(folder, first as string), { recursive: true });
  return folder;
}

/** An experiment as the first release stores it. */
async function createAsBefore(database: Database): Promise<string> {
  const { config, sources, identity } = newExperiment();
  const { rows } = await database.pool.query<{ id: string }>(
    `WITH stored AS (INSERT INTO experiment (config, sources, identity, tags, dataset, loss, device)
       VALUES ($1, $2, $3, '{}', $4, $5, $6) RETURNING id),
     told AS (INSERT INTO outbox (experiment_id) SELECT id FROM stored)
     SELECT id FROM stored`,
    [JSON.stringify(config), JSON.stringify(sources), identity, config.dataset, config.loss, config.device],
  );
  return rows[0]?.id as string;
}

/** A claim as the first release makes it. */
async function claimAsBefore(database: Database, id: string): Promise<Fence> {
  await database.pool.query(
    `WITH claimed AS (UPDATE experiment SET status = 'running', attempt = 1, lease_expires_at = now() + interval '1 h'
       WHERE id = $1 RETURNING id) INSERT INTO attempt (experiment_id, number, worker) SELECT id, 1, 'w' FROM claimed`,
    [id],
  );
  return { experimentId: id, attempt: 1 };
}

test('the schema is brought up to date while metrics, progress and new experiments are written, and no write is lost', async () => {
  const url = await server.createEmptyDatabase();
  const folder = await firstRelease();
  await applyMigrations(url, folder);
  const database = openDatabase(url);
  const create = () => createAsBefore(database);
  // What makes the migration slow enough to be under way while others write.
  const filler = new pg.Client({ connectionString: url });
  await filler.connect();
  const old = await claimAsBefore(database, await create());
  const content = randomBytes(3_000_000);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const { rows } = await filler.query<{ id: string }>(
    `INSERT INTO checkpoint (experiment_id, attempt, step, kind, bytes, sha256, weights_sha256, published_at)
     VALUES ($1, 1, 7, 'latest', $2, $3, 'x', now()) RETURNING id`,
    [old.experimentId, content.length, sha256],
  );
  for (let position = 0; position < 3; position += 1) {
    const data = content.subarray(position * 1_000_000, (position + 1) * 1_000_000);
    await filler.query('INSERT INTO checkpoint_chunk VALUES ($1, $2, $3)', [rows[0]?.id, position, data]);
  }
  await filler.query(`INSERT INTO checkpoint_chunk
    SELECT id, 100 + n, decode(repeat(md5(n::text), 6000), 'hex') FROM checkpoint, generate_series(1, 300) AS n`);
  await filler.end();

  let upgraded = false;
  const written = new Map<string, number>();
  const writers = [1, 2, 3].map(async () => {
    const fence = await claimAsBefore(database, await create());
    let step = 0;
    for (let more = 20; more > 0; more -= upgraded ? 1 : 0) {
      const point = { name: 'lr', step, value: step / 3 };
      try {
        await writeMetrics(database.pool, fence, [point]);
        await recordProgress(database.pool, fence, { step, totalUpdates: 9, phase: 'training' });
        step += 1;
      } catch (error) {
        if (!isTransientError(error)) throw error; // what a worker repeats
      }
    }
    written.set(fence.experimentId, step);
  });
  const posted: string[] = [];
  const poster = (async () => {
    for (let more = 10; more > 0; more -= upgraded ? 1 : 0) posted.push(await create());
  })();
  await waitUntil('experiments are posted', () => posted.length > 5);
  const before = posted.length;
  expect(await applyMigrations(url)).not.toEqual([]);
  upgraded = true;
  await Promise.all([...writers, poster]);

  expect(posted.length).toBeGreaterThan(before);
  for (const id of posted) expect(await getExperiment(database.pool, id)).not.toBeNull();
  for (const [id, steps] of written) {
    const values = (await readMetrics(database.pool, id, {})).map((point) => point.value);
    expect(values).toEqual(Array.from({ length: steps }, (_, step) => step / 3));
    expect(steps).toBeGreaterThan(20);
  }
  const [checkpoint] = await listCheckpoints(database.pool, old.experimentId);
  const hash = createHash('sha256');
  if (checkpoint) for await (const piece of readCheckpointContent(database, checkpoint)) hash.update(piece);
  expect(hash.digest('hex')).toBe(sha256);
  const another = await create();
  const claim = { worker: 'v', device: 'cpu', leaseMs: 1_000, process: { host: 'h', process: '1/2' } };
  expect(await claimExperiment(database.pool, another, claim)).toMatchObject({ attempt: 1, status: 'running' });
  await database.close();
  await rm(folder, { recursive: true });
});
