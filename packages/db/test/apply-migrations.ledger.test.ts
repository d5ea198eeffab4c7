import { appendFile, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyMigrations } from '@spherelab/db';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';

const migrations = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

describe('applying migrations', () => {
  let server: PostgresServer;
  let url: string;
  let folder: string;

  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    url = await server.createEmptyDatabase();
    folder = await mkdtemp(join(tmpdir(), 'migrations-'));
    await cp(migrations, folder, { recursive: true });
    return () => rm(folder, { recursive: true });
  });

  async function add(name: string, sql: string): Promise<void> {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'migration.sql'), sql);
  }
  async function query(sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(sql);
    await client.end();
    return rows;
  }

  test('applies each once, also when several processes start together', async () => {
    await add('29990101000000_more', 'CREATE TABLE more (id int); INSERT INTO more VALUES (1);');
    const applied = await Promise.all([1, 2, 3].map(() => applyMigrations(url, folder)));
    expect(applied.flat().sort()).toEqual((await readdir(folder)).filter((name) => /^\d/.test(name)).sort());
    expect(await applyMigrations(url, folder)).toEqual([]);
    expect(await query('SELECT * FROM more')).toHaveLength(1);
    expect(await query('SELECT * FROM "_prisma_migrations" WHERE finished_at IS NOT NULL')).toHaveLength(
      applied.flat().length,
    );
  });

  test('refuses a migration that was changed after it was applied', async () => {
    await applyMigrations(url, folder);
    const [name] = await applyMigrations(url, folder).then(() => ['20261124000000_init']);
    await appendFile(join(folder, name ?? '', 'migration.sql'), '\n-- changed');
    await expect(applyMigrations(url, folder)).rejects.toThrow(/was changed after it was applied/);
  });

  test('refuses to go on after one that did not finish, and to run beside one that it does not know', async () => {
    await applyMigrations(url, folder);
    await query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ('1', 'x', '29990101000000_later')`,
    );
    await expect(applyMigrations(url, folder)).rejects.toThrow(/did not finish/);
    await query(`UPDATE "_prisma_migrations" SET finished_at = now()`);
    await expect(applyMigrations(url, folder)).rejects.toThrow(/does not know/);
  });

  test('leaves nothing behind of one that fails', async () => {
    await add('29990101000000_broken', 'CREATE TABLE half (id int); SELECT * FROM nothing;');
    await expect(applyMigrations(url, folder)).rejects.toThrow(/29990101000000_broken failed/);
    expect(await query(`SELECT 1 FROM pg_tables WHERE tablename = 'half'`)).toEqual([]);
    await rm(join(folder, '29990101000000_broken'), { recursive: true });
    expect(await applyMigrations(url, folder)).toEqual([]);
  });

  test('an experiment of a release that lacked fields gets them, at the value that means what it did', async () => {
    const later = (await readdir(folder)).filter((name) => /^\d/.test(name) && name >= '20261126010000_new_fields');
    for (const name of later) await rm(join(folder, name), { recursive: true });
    await applyMigrations(url, folder);
    await query(
      `INSERT INTO experiment (config, sources, identity, dataset, loss, device)
       VALUES ('{"loss": "ms", "lr": 1}', '{"loss": "user"}', '-', 'shapes', 'ms', 'cpu')`,
    );
    await cp(migrations, folder, { recursive: true });
    await applyMigrations(url, folder);
    expect(await query('SELECT config, sources FROM experiment')).toEqual([
      {
        config: { loss: 'ms', lr: 1, sec_ramp: false, freeze_stages: 0, optimizer: 'adam' },
        sources: { loss: 'user', sec_ramp: 'ours', freeze_stages: 'ours', optimizer: 'learner.py:69-74' },
      },
    ]);
  });
});
