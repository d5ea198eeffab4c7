import { execFileSync } from 'node:child_process';
import { chown, mkdir, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, getExperiment, listAttempts, openDatabase, readMetrics } from '@spherelab/db';
import { openQueue } from '@spherelab/queue';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeExperiment } from '../../../test/experiment-fixture.ts';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { type RunningWorker, startWorker } from '../src/start-worker.ts';

const fakeTrainer = fileURLToPath(new URL('./fake-trainer.mjs', import.meta.url));
/** A file system of 24 MB, of which a database with our schema takes 8; null where nothing may be mounted. */
const disk = await mountSmallDisk();
let server: PostgresServer | undefined;
let database: Database | undefined;
let worker: RunningWorker | undefined;
let folder: string | undefined;

beforeAll(async () => {
  server = await startPostgresServer();
});
afterAll(async () => {
  await worker?.close();
  await database?.close();
  await server?.stop();
  if (disk !== null) {
    execFileSync('umount', [disk]);
    await rm(disk, { recursive: true });
  }
  if (folder !== undefined) await rm(folder, { recursive: true });
});

test.skipIf(disk === null)(
  'what is measured while the disk of Postgres is full arrives once, when there is room again (root mounts the disk)',
  async () => {
    const url = await databaseOn(disk as string, (await server?.createEmptyDatabase()) ?? '');
    database = openDatabase(url);
    const { pool } = database;
    folder = await mkdtemp(join(tmpdir(), 'disk-full-test-'));
    const queue = { store: 'postgres', connectionString: url } as const;
    worker = await startWorker({
      databaseUrl: url,
      queue,
      dataRoot: folder,
      cacheFolder: folder,
      devices: ['cpu'],
      threads: { intra_op_threads: 1, inter_op_threads: 1 },
      trainerScript: fakeTrainer,
      retryPolicy: { maxFailures: 3, backoffMs: 1, maxBackoffMs: 1 },
      numbers: { stopPollMs: 50 },
    });
    const name = JSON.stringify({ stepMs: 20 });
    const experiment = await storeExperiment(database, { steps: 600, checkpoint_every: 1_000, name });
    const hints = openQueue(queue);
    await hints.add([experiment]);
    await hints.close();
    const steps = async () => (await readMetrics(pool, experiment.id, { names: ['train_loss'] })).length;

    await waitUntil('it trains', async () => (await steps()) > 20);
    await fill(join(disk as string, 'ballast'));
    await waitUntil('nothing more can be stored', async () => {
      const before = await steps();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return (await steps()) === before;
    });
    const stuckAt = await steps();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await steps()).toBe(stuckAt);
    expect((await getExperiment(pool, experiment.id))?.status).toBe('running');
    await rm(join(disk as string, 'ballast'));
    await waitUntil(
      'it succeeds',
      async () => (await getExperiment(pool, experiment.id))?.status === 'succeeded',
      60_000,
    );
    expect(await steps()).toBe(601);
    expect(await listAttempts(database, experiment.id)).toMatchObject([{ number: 1, outcome: 'succeeded' }]);
  },
);

async function mountSmallDisk(): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    await rm(folder, { recursive: true });
    return null;
  }
}

/** A database with our schema whose files lie in a folder. @returns its address */
async function databaseOn(location: string, anyDatabase: string): Promise<string> {
  const client = new pg.Client({ connectionString: anyDatabase });
  await client.connect();
  try {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    const { uid, gid } = await stat(rows[0]?.data_directory ?? '');
    const tablespace = join(location, 'tablespace');
    await mkdir(tablespace);
    for (const place of [location, tablespace]) await chown(place, uid, gid);
    await client.query(`CREATE TABLESPACE small LOCATION '${tablespace}'`);
    await client.query('CREATE DATABASE small TEMPLATE template TABLESPACE small');
  } finally {
    await client.end();
  }
  const url = new URL(anyDatabase);
  url.pathname = '/small';
  return url.toString();
}

/** Writes zeros until the file system is full. */
async function fill(file: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (let bytes = 1 << 16; bytes >= 1 << 12; bytes >>= 1) {
      for (;;) {
        const full = await handle.write(Buffer.alloc(bytes)).then(
          ({ bytesWritten }) => bytesWritten < bytes,
          (error: NodeJS.ErrnoException) => error.code === 'ENOSPC',
        );
        if (full) break;
      }
    }
  } finally {
    await handle.close();
  }
}
