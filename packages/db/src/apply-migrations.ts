import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { connectionTimes } from './connection-times.ts';
import { isTransientError } from './is-transient-error.ts';

/** Any number that nothing else uses as an advisory lock: "spherela" in ASCII would not fit, so its CRC. */
const migrationLock = 1_936_744_562;
/** ms between two tries to reach a database that is away. */
const waitMs = 500;
/** `prisma/migrations` of the repository; the same from src/ and dist/. */
const defaultFolder = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

// As Prisma makes it, so that `prisma migrate status` agrees afterwards.
const ledger = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`;

type LedgerRow = { migration_name: string; checksum: string; finished_at: Date | null };

/**
 * Brings the schema up to date: each folder of prisma/migrations that the ledger does not know runs in a transaction of its own.
 * Processes that start together take turns.
 * @param only names of those to apply, for a schema of before; all others of `folder` are left for later
 * @returns names of the migrations that this call applied
 * @throws Error when a migration was changed after it ran, is unfinished, or is unknown here (a newer program ran before)
 */
export async function applyMigrations(
  url: string,
  folder: string = defaultFolder,
  only: ReadonlySet<string> | null = null,
): Promise<string[]> {
  const files = await readMigrations(folder);
  const unknown = [...(only ?? [])].filter((name) => !files.some((file) => file.name === name));
  if (unknown.length > 0) throw new Error(`This program does not know migration ${unknown.join(', ')}`);
  const wanted = files.filter((file) => only === null || only.has(file.name));
  // Mostly there is nothing to do: found out without the lock, and within a time, for a migration may take any.
  const isUpToDate = await withClient(url, connectionTimes.briefTimeoutMs, async (client) => {
    const { rows } = await client.query<{ there: boolean }>(
      `SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS there`,
    );
    if (!rows[0]?.there) return false;
    const applied = await readLedger(client);
    refuseSurprises(files, applied);
    return wanted.every((file) => applied.has(file.name));
  });
  if (isUpToDate) return [];
  return withClient(url, undefined, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await client.query(ledger);
    const applied = await readLedger(client);
    refuseSurprises(files, applied);
    const missing = wanted.filter((file) => !applied.has(file.name));
    for (const file of missing) await applyOne(client, file);
    return missing.map((file) => file.name);
  });
}

/**
 * The same for a program that starts: where the database is away, or is just coming back, it waits instead of ending.
 * @param onWait told once
 */
export async function applyMigrationsWhenThere(url: string, onWait: (error: Error) => void): Promise<void> {
  for (let waits = 0; ; waits += 1) {
    try {
      await applyMigrations(url);
      return;
    } catch (error) {
      const cause = error instanceof Error && error.cause ? error.cause : error;
      if (!isTransientError(cause)) throw error;
      if (waits === 0) onWait(cause as Error);
      await delay(waitMs);
    }
  }
}

async function withClient<T>(
  url: string,
  queryTimeoutMs: number | undefined,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectionTimes.connectTimeoutMs,
    keepAlive: true,
    ...(queryTimeoutMs === undefined ? {} : { query_timeout: queryTimeoutMs }),
  });
  client.on('error', () => undefined); // a cut between two statements; the next one tells
  try {
    await client.connect();
    return await work(client);
  } finally {
    // Ends the session, and the lock with it; over a dead line there is nobody to say goodbye to.
    void client.end().catch(() => undefined);
  }
}

async function readLedger(client: pg.Client): Promise<Map<string, LedgerRow>> {
  const { rows } = await client.query<LedgerRow>(
    'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
  );
  return new Map(rows.map((row) => [row.migration_name, row]));
}

type MigrationFile = { readonly name: string; readonly sql: string; readonly checksum: string };

async function readMigrations(folder: string): Promise<MigrationFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

function refuseSurprises(files: readonly MigrationFile[], applied: ReadonlyMap<string, LedgerRow>): void {
  const known = new Map(files.map((file) => [file.name, file]));
  for (const row of applied.values()) {
    const file = known.get(row.migration_name);
    if (row.finished_at === null) throw new Error(`Migration ${row.migration_name} did not finish: repair it by hand`);
    if (!file) throw new Error(`The database has migration ${row.migration_name}, which this program does not know`);
    if (file.checksum !== row.checksum)
      throw new Error(`Migration ${row.migration_name} was changed after it was applied`);
  }
}

async function applyOne(client: pg.Client, file: MigrationFile): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(file.sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), file.checksum, file.name],
    );
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK');
    throw new Error(`Migration ${file.name} failed`, { cause });
  }
}
