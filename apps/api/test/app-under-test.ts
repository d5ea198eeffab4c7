import { type Database, openDatabase } from '@spherelab/db';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type PostgresServer, startPostgresServer } from '../../../test/postgres-server.ts';
import { buildApp } from '../src/app.ts';
import type { AppDependencies, DatasetCatalogue } from '../src/app-dependencies.ts';

/** An app on a database of its own, without queue and relay, and without a data root unless it is given one. */
export type AppUnderTest = {
  readonly app: FastifyInstance;
  readonly database: Database;
  /** how often the relay was kicked */
  readonly kicks: () => number;
  close(): Promise<void>;
};

export const catalogue: DatasetCatalogue = {
  describe: async (_dataRoot, name) => {
    if (name === 'shapes') {
      return {
        name: name,
        trainingClasses: 20,
        trainingImages: 1_000,
        smallestTrainingClass: 50,
        testClasses: 20,
        dataListSha256: 'f'.repeat(64),
        dataSha256: 'f'.repeat(64),
      };
    }
    const problem = name === 'unseen' ? { code: 'no_data_root' } : { code: 'unknown_dataset' };
    throw Object.assign(new Error(`there is no folder ${name}`), {
      name: 'DatasetError',
      field: 'dataset',
      ...problem,
    });
  },
  list: async () => [{ name: 'shapes', facts: null, problem: null }],
  weightsSha256: async () => 'e'.repeat(64),
};

export async function appUnderTest(
  server: PostgresServer,
  more: Partial<
    Pick<
      AppDependencies,
      'pageFolder' | 'boards' | 'catalogue' | 'numerics' | 'dataRoot' | 'allowedHosts' | 'basePath' | 'queue'
    >
  > = {},
): Promise<AppUnderTest> {
  const database = openDatabase(await server.createDatabase());
  let kicks = 0;
  const app = await buildApp({
    database,
    queue: {
      counts: async () => ({ 'experiments-any': { waiting: 2 }, 'experiments-gpu': {} }),
      ping: async () => {},
      waiting: async () => [],
      remove: async () => {},
    },
    kickRelay: () => {
      kicks += 1;
    },
    kickPlanner: () => {},
    catalogue,
    numerics: 'a'.repeat(64),
    dataRoot: '/nonexistent',
    eventPollMs: 20,
    ...more,
  });
  return {
    app,
    database,
    kicks: () => kicks,
    close: async () => {
      await app.close();
      await database.close();
    },
  };
}

/** Gives each test of the `describe` that this stands in a fresh app, on one Postgres for all of them. */
export function appForEachTest(use: (api: AppUnderTest) => void): void {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    const api = await appUnderTest(server);
    use(api);
    return () => api.close();
  });
}
