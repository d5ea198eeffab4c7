import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyMigrations, type Database, openDatabase, startEmbeddedPostgres } from '@spherelab/db';
import pg from 'pg';

/** A Postgres of one test file; each test gets a database of its own. */
export type PostgresServer = {
  /** connection string of a fresh database with the current schema */
  createDatabase(): Promise<string>;
  /** an empty database without any schema */
  createEmptyDatabase(): Promise<string>;
  readonly stop: () => Promise<void>;
};

/** Starts an embedded Postgres in a folder of its own, with a migrated template that `createDatabase` clones (30 ms). */
export async function startPostgresServer(): Promise<PostgresServer> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'spherelab-test-'));
  await chmod(stateFolder, 0o755); // mkdtemp closes it to the server's user
  const server = await startEmbeddedPostgres({ stateFolder, databaseName: 'template', durable: false });
  await applyMigrations(server.url);
  const create = async (template: string): Promise<string> => {
    const name = `test_${randomUUID().replaceAll('-', '')}`;
    const admin = new pg.Client({ connectionString: withDatabase(server.url, 'postgres') });
    await admin.connect();
    try {
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    } finally {
      await admin.end();
    }
    return withDatabase(server.url, name);
  };
  return {
    createDatabase: () => create('template'),
    createEmptyDatabase: () => create('template1'),
    stop: async () => {
      await server.stop();
      const elsewhere = await readFile(join(stateFolder, 'postgres.json'), 'utf8').catch(() => null);
      if (elsewhere !== null) await rm((JSON.parse(elsewhere) as { root: string }).root, { recursive: true });
      await rm(stateFolder, { recursive: true, force: true });
    },
  };
}

/** One database with the current schema, on a Postgres of its own. @returns it, and what gives both back */
export async function startDatabase(): Promise<[database: Database, release: () => Promise<void>]> {
  const server = await startPostgresServer();
  const database = openDatabase(await server.createDatabase());
  const release = async (): Promise<void> => {
    await database.close();
    await server.stop();
  };
  return [database, release];
}

function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.toString();
}
