import { createHash } from 'node:crypto';
import pg from 'pg';
import { applyMigrations } from '../apply-migrations.ts';
import type { Queryable } from '../database.ts';
import { type BackupEnd, BackupError, type BackupHeader, backupFormat } from './backup-format.ts';
import { backupTables, hasRows, quoted } from './backup-tables.ts';
import { readBackupLines } from './read-backup-lines.ts';

/** Bytes of rows in one statement. */
const batchBytes = 4 << 20;

/**
 * Puts a backup into a database: all of it in one transaction, or nothing. One of an older release is restored with its schema,
 * which is then brought up to date.
 * @param replace deletes what is there; without it a database with rows is refused
 * @returns rows by table
 * @throws BackupError
 */
export async function restoreBackup(
  url: string,
  file: string,
  { replace = false }: { readonly replace?: boolean } = {},
): Promise<Readonly<Record<string, number>>> {
  const lines = readBackupLines(file);
  const first = await lines.next();
  const header = readHeader(first.done ? null : first.value, file);
  await applyMigrations(url, undefined, new Set(header.migrations)).catch((cause: Error) => {
    throw new BackupError(`the backup does not fit this program and database: ${cause.message}`, { cause });
  });
  const client = new pg.Client({ connectionString: url, application_name: 'spherelab restore' });
  client.on('error', () => undefined); // the next statement tells
  await client.connect();
  let rows: Record<string, number>;
  try {
    await client.query('BEGIN');
    await makeRoom(client, header, replace);
    rows = await insertAll(client, lines, first.value as Buffer, file);
    await restoreSequences(client);
    await client.query('COMMIT');
  } finally {
    await client.end(); // without COMMIT Postgres rolls back
    await lines.return(undefined);
  }
  await applyMigrations(url);
  return rows;
}

async function appliedMigrations(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('SELECT migration_name AS name FROM "_prisma_migrations"');
  return rows.map(({ name }) => name);
}

function readHeader(line: Buffer | null, file: string): BackupHeader {
  try {
    const header = JSON.parse(line?.toString() ?? '') as BackupHeader;
    if (header.format === backupFormat) return header;
  } catch {
    // the same answer as for another format
  }
  throw new BackupError(`${file} is no backup of format ${backupFormat}`);
}

async function makeRoom(client: Queryable, header: BackupHeader, replace: boolean): Promise<void> {
  const tables = await backupTables(client);
  // A later migration may have changed rows and no table: those of the backup would never get that.
  const isNewer = (await appliedMigrations(client)).some((name) => !header.migrations.includes(name));
  if (isNewer || tables.join() !== header.tables.join()) {
    throw new BackupError(
      'the database has a newer schema than the backup, or other tables: restore into an empty database',
    );
  }
  // Nobody writes from here to the end.
  await client.query(`LOCK TABLE ${tables.map(quoted).join(', ')} IN ACCESS EXCLUSIVE MODE`);
  if (!(await hasRows(client, tables))) return;
  if (!replace)
    throw new BackupError('the database is not empty: give another one, or --replace to delete what is there');
  await client.query(`TRUNCATE ${tables.map(quoted).join(', ')}`);
}

async function insertAll(
  client: Queryable,
  lines: AsyncIterable<Buffer>,
  header: Buffer,
  file: string,
): Promise<Record<string, number>> {
  const hash = createHash('sha256').update(header).update('\n');
  const counts: Record<string, number> = {};
  let batch: { table: string; rows: string[]; bytes: number } = { table: '', rows: [], bytes: 0 };
  const flush = async (): Promise<void> => {
    if (batch.rows.length === 0) return;
    const name = quoted(batch.table);
    const { rowCount } = await client.query(
      `INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, $1::json)`,
      [`[${batch.rows.join(',')}]`],
    );
    counts[batch.table] = (counts[batch.table] ?? 0) + (rowCount ?? 0);
    batch = { table: batch.table, rows: [], bytes: 0 };
  };
  for await (const line of lines) {
    if (line.subarray(0, 7).toString() === '{"end":') {
      await flush();
      return checkEnd(JSON.parse(line.toString()).end as BackupEnd, counts, hash.digest('hex'), file);
    }
    hash.update(line).update('\n');
    // ["table",{row}]: the row stays text.
    const text = line.toString();
    const comma = text.indexOf(',');
    const table = JSON.parse(text.slice(1, comma)) as string;
    if (table !== batch.table || batch.bytes > batchBytes) await flush();
    batch.table = table;
    batch.rows.push(text.slice(comma + 1, -1));
    batch.bytes += text.length;
  }
  throw new BackupError(`${file} is cut off`);
}

function checkEnd(
  end: BackupEnd,
  counts: Record<string, number>,
  sha256: string,
  file: string,
): Record<string, number> {
  if (end.sha256 !== sha256) throw new BackupError(`${file} is damaged: its rows do not have the recorded SHA-256`);
  for (const [table, count] of Object.entries(end.rows)) {
    if ((counts[table] ?? 0) !== count)
      throw new BackupError(`${file} has ${counts[table] ?? 0} of ${count} rows of ${table}`);
    counts[table] = count;
  }
  return counts;
}

/** Rows came with their numbers; the next ones go on after them. */
async function restoreSequences(client: Queryable): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(
    `SELECT table_name AS table, column_name AS column, pg_get_serial_sequence(quote_ident(table_name), column_name) AS sequence
     FROM information_schema.columns WHERE table_schema = 'public'
       AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL`,
  );
  for (const { table, column, sequence } of rows) {
    await client.query(
      `SELECT setval($1, (SELECT coalesce(max(${quoted(column)}), 0) + 1 FROM ${quoted(table)}), false)`,
      [sequence],
    );
  }
}
