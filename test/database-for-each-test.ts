import { type Database, openDatabase } from '@spherelab/db';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';

/** Gives each test of the `describe` that this stands in a fresh database, on one Postgres for all of them. */
export function databaseForEachTest(use: (database: Database) => void): void {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    const database = openDatabase(await server.createDatabase());
    use(database);
    return () => database.close();
  });
}
