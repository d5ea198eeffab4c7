import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { connectionTimes, sessionSettings } from './connection-times.ts';
import { PrismaClient } from './generated/client.ts';

/** What runs SQL: the pool, or one connection inside a transaction. */
export type Queryable = Pick<pg.PoolClient, 'query'>;

/**
 * An open database: the Prisma client for plain reads, the pool for statements that fence, batch or lock.
 * Both share the connections. Only this package uses them; apps call its functions.
 */
export type Database = {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  close(): Promise<void>;
};

/** Connections of one process. An API and a few workers stay far below the 100 that Postgres allows by default. */
const poolSize = 8;
const int8 = 20;

/** Opens a database; connects with the first statement. The caller closes it. */
export function openDatabase(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectionTimes.connectTimeoutMs,
    query_timeout: connectionTimes.queryTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: connectionTimes.keepAliveIdleMs,
    application_name: 'spherelab',
    // Awaited before anybody gets the connection (pg's types do not say so yet).
    onConnect: (async (client: pg.ClientBase) => {
      await client.query(sessionSettings());
    }) as unknown as (client: pg.ClientBase) => void,
    types: {
      // Sequence numbers and byte counts stay far below 2^53.
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === int8 && format !== 'binary'
          ? Number
          : pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
    },
  });
  // An idle connection that is cut is replaced at the next statement; without a listener it would end the process.
  pool.on('error', () => undefined);
  // The same for one that is cut while someone holds it between two statements: the next statement tells.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  dropSilentConnections(pool);
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    prisma,
    pool,
    close: async () => {
      await prisma.$disconnect();
      if (!pool.ended) await pool.end();
    },
  };
}

/**
 * Where one statement got no answer, whatever cut its connection off has most likely cut off the idle ones too: they are dropped
 * at once instead of each costing somebody another timeout.
 */
function dropSilentConnections(pool: pg.Pool): void {
  const idle = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => idle.delete(client));
  pool.on('remove', (client) => idle.delete(client));
  pool.on('release', (error: unknown, client: pg.PoolClient) => {
    if (!error) return void idle.add(client);
    if (!isUnanswered(error)) return;
    for (const other of idle) (other as unknown as Socketed).connection.stream.destroy();
  });
}

function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && error.message.includes('Query read timeout');
}

/** What pg has but does not show: destroying the socket is what the network does when it fails, and handled as such. */
type Socketed = { readonly connection: { readonly stream: { destroy(): void } } };

/** Runs statements in one transaction; rolled back when `work` throws. */
export async function inTransaction<T>(database: Database, work: (client: Queryable) => Promise<T>): Promise<T> {
  const client = await database.pool.connect();
  let broken: Error | null = null;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // Behind a statement that gets no answer a ROLLBACK gets none either; without the connection Postgres rolls back by itself.
    if (isUnanswered(error)) broken = error;
    else {
      await client.query('ROLLBACK').catch((cause: Error) => {
        broken = cause;
      });
    }
    throw error;
  } finally {
    client.release(broken ?? false);
  }
}

/** Runs statements in one transaction and takes them back: what they would have done. */
export async function rolledBack<T>(database: Database, work: (client: Queryable) => Promise<T>): Promise<T> {
  const results: T[] = [];
  const undone = new Error('rolled back on purpose');
  await inTransaction(database, async (client) => {
    results.push(await work(client));
    throw undone;
  }).catch((error: unknown) => {
    if (error !== undone) throw error;
  });
  return results[0] as T;
}

/** Whether the database answers. */
export async function pingDatabase(database: Database): Promise<void> {
  await database.pool.query('SELECT 1');
}
