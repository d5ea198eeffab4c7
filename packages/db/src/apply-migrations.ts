import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** Any number that nothing else uses as an advisory lock: "spherela" in ASCII would not fit, so its CRC. */
const migrationLock = 1_936_744_562;
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
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // a cut between two statements; the next one tells
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await client.query(ledger);
    const files = await readMigrations(folder);
    const { rows } = await client.query<LedgerRow>(
      'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
    );
    const applied = new Map(rows.map((row) => [row.migration_name, row]));
    refuseSurprises(files, applied);
    const unknown = [...(only ?? [])].filter((name) => !files.some((file) => file.name === name));
    if (unknown.length > 0) throw new Error(`This program does not know migration ${unknown.join(', ')}`);
    const missing = files.filter((file) => !applied.has(file.name) && (only === null || only.has(file.name)));
    for (const file of missing) await applyOne(client, file);
    return missing.map((file) => file.name);
  } finally {
    await client.end(); // ends the session, and the lock with it
  }
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
