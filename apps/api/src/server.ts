import { realpathSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openCatalogue } from '@spherelab/datasets/catalogue';
import {
  applyMigrationsWhenThere,
  checkExposure,
  collectThumbnails,
  isLoopback,
  openDatabase,
  type RetryPolicy,
  retention,
  retryPolicy,
} from '@spherelab/db';
import { forgetForeignVariables, stopSignals } from '@spherelab/host';
import { readNumerics } from '@spherelab/numerics';
import { openQueue, type QueueStore, queueStoreOf } from '@spherelab/queue';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';
import { advanceStudies } from './background/advance-studies.ts';
import { advanceSweeps } from './background/advance-sweeps.ts';
import { collectJobs, collectLeftovers } from './background/collect-leftovers.ts';
import { periodically } from './background/periodically.ts';
import { reconcile } from './background/reconcile.ts';
import { relayOutbox } from './background/relay-outbox.ts';
import { readApiEnv } from './env.ts';
import { presentFolder } from './requests/present-folder.ts';

export type ApiOptions = {
  readonly databaseUrl: string;
  readonly queue: QueueStore;
  readonly dataRoot: string;
  /** where hashes of images and weights are kept between processes; null: nowhere */
  readonly cacheFolder: string | null;
  readonly host?: string;
  /** undefined: 3000, or the next free one; 0: any free one */
  readonly port?: number | undefined;
  readonly logger?: boolean | { readonly level: string };
  readonly allowedHosts?: readonly string[];
  /** path under which a proxy serves this server */
  readonly basePath?: string;
  /** listen beyond this machine without a key */
  readonly isOpen?: boolean;
  /** serve BullMQ's board at /admin/queues */
  readonly isAdmin?: boolean;
  /** for tests */
  readonly retryPolicy?: RetryPolicy;
  readonly relayEveryMs?: number;
  readonly reconcileEveryMs?: number;
  readonly planEveryMs?: number;
};

export type RunningApi = {
  /** by which this machine reaches it */
  readonly url: string;
  /** what it listens on */
  readonly listening: string;
  close(): Promise<void>;
};

/** Where apps/dashboard builds to. An API without it answers all the same. */
const builtPage = fileURLToPath(new URL('../../dashboard/dist', import.meta.url));
const firstPort = 3000;
const portsTried = 100;
/** ms. POST and the actions kick the relay, so this is how late a back-off may end. */
const defaultRelayEveryMs = 500;
/** ms. How long after its lease ran out an experiment is queued again at the latest. */
const defaultReconcileEveryMs = 5_000;
/** ms. How long after a run has ended the study or sweep that it is of goes on at the latest. */
const defaultPlanEveryMs = 1_000;

/** Starts an API process: schema, app, relay and reconciler. All that it writes to disk are hashes of images, in the cache. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  await applyMigrationsWhenThere(options.databaseUrl, (error) => {
    if (options.logger)
      console.error(JSON.stringify({ level: 'warn', msg: 'waiting for the database', error: error.message }));
  });
  const host = options.host ?? '127.0.0.1';
  const database = openDatabase(options.databaseUrl);
  const background: { warn?: FastifyInstance['log']['warn'] } = {};
  const complain = (what: string) => (error: unknown) => background.warn?.({ err: error }, what);
  const queue = openQueue(options.queue, complain('queue trouble'));
  const relay = periodically(
    options.relayEveryMs ?? defaultRelayEveryMs,
    () => relayOutbox(database, queue),
    complain('the outbox waits'),
  );
  const reconciler = periodically(
    options.reconcileEveryMs ?? defaultReconcileEveryMs,
    () => reconcile(database, queue, options.retryPolicy ?? retryPolicy),
    complain('the reconciler waits'),
  );
  const collector = periodically(
    retention.collectEveryMs,
    () => collectLeftovers(database),
    complain('what nothing needs any more is still there'),
  );
  const jobCollector = periodically(
    retention.jobsEveryMs,
    () => collectJobs(database, queue),
    complain('jobs that nobody needs are still in the queue'),
  );
  const pictureCollector = periodically(
    retention.thumbnailsEveryMs,
    () => collectThumbnails(database),
    complain('pictures that nothing shows are still there'),
  );
  const catalogue = openCatalogue({ cacheFolder: options.cacheFolder });
  const known = { database, catalogue, numerics: readNumerics().version, dataRoot: options.dataRoot };
  const planner = periodically(
    options.planEveryMs ?? defaultPlanEveryMs,
    async () => {
      const complainOf = (id: string, error: unknown) => complain(`${id} waits`)(error);
      const queued = [await advanceStudies(known, complainOf), await advanceSweeps(known, complainOf)];
      if (queued.includes(true)) relay.kick();
    },
    complain('studies and sweeps wait'),
  );
  const app = await buildApp({
    ...known,
    queue,
    kickRelay: () => relay.kick(),
    kickPlanner: () => planner.kick(),
    isKeyAlwaysNeeded: !isLoopback(host) && !options.isOpen,
    allowedHosts: options.allowedHosts ?? [],
    basePath: options.basePath ?? '',
    ...(options.isAdmin ? { boards: queue.openBoards() } : {}),
    pageFolder: await presentFolder(builtPage),
    logger: options.logger ?? false,
  });
  background.warn = app.log.warn.bind(app.log);
  const close = async (): Promise<void> => {
    await app.close();
    await Promise.all([
      relay.stop(),
      reconciler.stop(),
      collector.stop(),
      jobCollector.stop(),
      pictureCollector.stop(),
      planner.stop(),
      catalogue.close(),
    ]);
    await queue.close();
    await database.close();
  };
  try {
    await checkExposure(database, host, options.isOpen ?? false);
    return { ...(await listen(app, host, options.port)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(
  app: FastifyInstance,
  host: string,
  port: number | undefined,
): Promise<{ url: string; listening: string }> {
  for (let candidate = port ?? firstPort; ; candidate += 1) {
    try {
      const url = await app.listen({ host, port: candidate });
      const addresses = app.addresses().filter((address) => typeof address !== 'string');
      const listening = addresses.map(
        ({ address, family, port: own }) => `${family === 'IPv6' ? `[${address}]` : address}:${own}`,
      );
      return { url, listening: listening.join(', ') };
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (port !== undefined || !isTaken || candidate >= firstPort + portsTried) throw error;
    }
  }
}

/** ms. A store that is away must not keep the process from ending; what it did not finish, another API does. */
const closeWithinMs = 8_000;

async function main(): Promise<void> {
  const { asked, insisted } = stopSignals();
  // Before it listens it waits for the database, maybe for ever, and nobody waits for it.
  const endBeforeReady = () => process.exit(0);
  if (asked.aborted) endBeforeReady();
  asked.addEventListener('abort', endBeforeReady);
  insisted.addEventListener('abort', () => process.exit(1));
  forgetForeignVariables(process.env);
  const env = readApiEnv(process.env);
  const api = await startApi({
    databaseUrl: env.databaseUrl,
    queue: queueStoreOf(env),
    dataRoot: env.dataRoot,
    cacheFolder: env.cacheFolder,
    host: env.host,
    port: env.port,
    allowedHosts: env.allowedHosts,
    basePath: env.basePath,
    isOpen: env.isOpen,
    isAdmin: env.isAdmin,
    logger: { level: env.logLevel },
  });
  console.log(JSON.stringify({ url: api.url, listening: api.listening }));
  asked.removeEventListener('abort', endBeforeReady);
  await new Promise((resolve) => asked.addEventListener('abort', resolve));
  await Promise.race([api.close(), delay(closeWithinMs)]);
  process.exit(0);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
