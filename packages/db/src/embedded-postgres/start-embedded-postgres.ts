import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import {
  freePort,
  initialiseCluster,
  killServer,
  removeStaleLock,
  runningPort,
  startServer,
  stopServer,
  superuser,
} from './server-control.ts';
import { prepareServerFolders, type ServerFolders } from './server-folders.ts';

export type EmbeddedPostgresOptions = {
  /** `.spherelab` of a checkout, or any folder that may be made */
  readonly stateFolder: string;
  /** made if missing; default `spherelab` */
  readonly databaseName?: string;
  /** false skips fsync; for tests only. Default true */
  readonly durable?: boolean;
  /** Gives the start up. A server that runs by then stays: `stopEmbeddedPostgres` of whoever owns the state folder. */
  readonly signal?: AbortSignal;
};

export type EmbeddedPostgres = {
  /** connection string of the database */
  readonly url: string;
  /** whether a server that was left running was taken over */
  readonly adopted: boolean;
  /** stops the server; the last thing to do */
  readonly stop: () => Promise<void>;
};

/** A killed server recovers for some seconds, during which it refuses connections. */
const connectDeadlineMs = 60_000;
const startTries = 5;

/**
 * Starts the Postgres of a state folder, or takes over the one that still runs there.
 * The server listens on 127.0.0.1 only, on a free port, and outlives this process until `stop`.
 * @throws Error with the tail of the server's log when it does not come up; the reason of `signal` when it was given up
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { signal } = options;
  const folders = await prepareServerFolders(options.stateFolder);
  const databaseName = options.databaseName ?? 'spherelab';
  for (let attempt = 1; attempt <= startTries; attempt += 1) {
    signal?.throwIfAborted();
    let port = await runningPort(folders);
    const adopted = port !== null;
    if (port === null) {
      await initialiseCluster(folders, signal);
      await removeStaleLock(folders);
      port = await startOnFreePort(folders, options.durable ?? true, signal);
    }
    const password = (await readFile(folders.password, 'utf8')).trim();
    const urlOf = (database: string) => `postgresql://${superuser}:${password}@127.0.0.1:${port}/${database}`;
    const ready = await ensureDatabase(urlOf('postgres'), databaseName, folders, signal);
    // Not so for a server that was still dying when it was taken over.
    if (ready) return { url: urlOf(databaseName), adopted, stop: () => stopServer(folders) };
  }
  throw new Error(`The embedded Postgres does not stay up: ${await logTail(folders)}`);
}

/** Stops the server of a state folder, if one runs, whoever started it. `atOnce` does not wait: it recovers at its next start. */
export async function stopEmbeddedPostgres(stateFolder: string, atOnce = false): Promise<void> {
  const folders = await prepareServerFolders(stateFolder);
  if (atOnce) await killServer(folders);
  else await stopServer(folders);
}

async function startOnFreePort(folders: ServerFolders, durable: boolean, signal?: AbortSignal): Promise<number> {
  for (let attempt = 1; attempt <= startTries; attempt += 1) {
    signal?.throwIfAborted();
    const port = await freePort();
    if (await startServer(folders, port, durable)) return port;
    // Someone else started it meanwhile, or a killed server's processes are still going away.
    const other = await runningPort(folders);
    if (other !== null) return other;
    await delay(500 * attempt);
  }
  throw new Error(`The embedded Postgres did not start: ${await logTail(folders)}`);
}

/** Waits for the server, and makes the database if it is missing. @returns false when the server went away meanwhile */
async function ensureDatabase(
  adminUrl: string,
  name: string,
  folders: ServerFolders,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + connectDeadlineMs;
  for (;;) {
    signal?.throwIfAborted();
    const client = new pg.Client({ connectionString: adminUrl });
    // A connection that is cut while it waits emits an error; the query's own rejection tells the same.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
      return true;
    } catch (cause) {
      if ((cause as { code?: string }).code === '42P04') return true; // made by another process just now
      if ((await runningPort(folders)) === null) return false;
      if (performance.now() > deadline) {
        throw new Error(`The embedded Postgres does not answer: ${await logTail(folders)}`, { cause });
      }
      await delay(200);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function logTail(folders: ServerFolders): Promise<string> {
  const log = await readFile(folders.log, 'utf8').catch(() => 'it wrote no log');
  return log.split('\n').slice(-12).join('\n');
}
