import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import type { Queryable } from '../database.ts';
import { type BackupEnd, type BackupHeader, backupFormat } from './backup-format.ts';
import { backupTables, quoted } from './backup-tables.ts';

/** Rows fetched at once. A piece of a checkpoint is a megabyte. */
const rowsAtOnce = 1_000;
const chunksAtOnce = 8;
/** Pieces are written in hexadecimal, whose redundancy the fastest level finds already. */
const gzipLevel = 1;

/**
 * Writes everything to a file, as it was at one moment, while others go on reading and writing. The file appears when it is
 * whole, or not at all.
 * @param signal gives it up
 * @returns rows by table
 */
export async function writeBackup(
  url: string,
  file: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  const client = new pg.Client({ connectionString: url, application_name: 'spherelab backup' });
  client.on('error', () => undefined); // the next statement tells
  await client.connect();
  const partial = `${file}.partial-${process.pid}`;
  try {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const rows: Record<string, number> = {};
    const lines = Readable.from(backupLines(client, rows), { objectMode: false });
    const zip = createGzip({ level: gzipLevel });
    await pipeline(lines, zip, createWriteStream(partial, { mode: 0o600 }), signal ? { signal } : {});
    const handle = await open(partial, 'r+');
    await handle.sync().finally(() => handle.close());
    await rename(partial, file);
    return rows;
  } finally {
    await client.end();
    await rm(partial, { force: true });
  }
}

async function* backupLines(client: Queryable, rows: Record<string, number>): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const line = (json: string): string => {
    hash.update(`${json}\n`);
    return `${json}\n`;
  };
  const tables = await backupTables(client);
  const { rows: applied } = await client.query<{ migration_name: string }>(
    `SELECT migration_name FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  const migrations = applied.map((row) => row.migration_name);
  const header: BackupHeader = { format: backupFormat, created_at: new Date().toISOString(), migrations, tables };
  yield line(JSON.stringify(header));
  for (const table of tables) {
    rows[table] = 0;
    const name = quoted(table);
    const limit = table === 'chunk' ? chunksAtOnce : rowsAtOnce;
    await client.query(`DECLARE rows_of NO SCROLL CURSOR FOR SELECT row_to_json(${name})::text AS row FROM ${name}`);
    for (;;) {
      const { rows: fetched } = await client.query<{ row: string }>(`FETCH ${limit} FROM rows_of`);
      for (const { row } of fetched) yield line(`[${JSON.stringify(table)},${row}]`);
      rows[table] += fetched.length;
      if (fetched.length < limit) break;
    }
    await client.query('CLOSE rows_of');
  }
  const end: BackupEnd = { rows, sha256: hash.digest('hex') };
  yield `${JSON.stringify({ end })}\n`;
}
