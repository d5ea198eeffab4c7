import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  applyMigrations,
  checkExposure,
  isLoopback,
  openDatabase,
  startEmbeddedPostgres,
  stopEmbeddedPostgres,
} from '@spherelab/db';
import { isProcessAlive, pidOf, processIdentity } from '@spherelab/host';
import { boundLogs } from './bounded-logs.ts';
import { freePort } from './free-port.ts';
import { endLeftServices } from './left-services.ts';
import { readProcessFile, removeProcessFile, writeProcessFile } from './process-file.ts';
import { readServerFile, removeServerFile, writeServerFile } from './server-file.ts';
import { startService } from './service-process.ts';
import type { StartedPart, StartedParts } from './started-parts.ts';
import { checkoutFolder, type SystemOptions, threadsPerWorker } from './system-options.ts';

/** A worker finishes its step and saves a checkpoint in this time, or is killed; its run goes on from the last checkpoint. */
const workerGraceMs = 30_000;
const apiGraceMs = 10_000;
const readyTimeoutMs = 60_000;
/** How long a Postgres that is just being started may take to be there, so that it can be ended. */
const begunWithinMs = 3_000;

/**
 * Starts database, API and workers, and writes server.json.
 * @param parts gets each part before it is started, so that the caller can end them at any moment, also when this fails
 * @param asked gives the start up
 * @returns the address
 * @throws Error when a server already runs on this state folder, or a part does not start; the reason of `asked`
 */
export async function startSystem(
  options: SystemOptions,
  parts: StartedParts,
  log: (message: string) => void,
  asked: AbortSignal,
): Promise<string> {
  const { stateFolder } = options;
  await mkdir(path.join(stateFolder, 'logs'), { recursive: true });
  const before = readProcessFile(stateFolder);
  if (before !== null && isProcessAlive(before.launcher)) {
    const url = (await readServerFile(stateFolder))?.url;
    const how = url === undefined ? 'is already being started' : `already runs at ${url}`;
    throw new Error(`a server of ${stateFolder} ${how} (pid ${pidOf(before.launcher)})`);
  }
  // Those of before stay in the file until they are gone: we may be killed while we wait.
  writeProcessFile(stateFolder, before?.services ?? {});
  const remove = async () => removeProcessFile(stateFolder);
  parts.add({ stop: remove, kill: remove });
  await removeServerFile(stateFolder);
  const logs = [path.join(stateFolder, 'postgres', 'server.log')];
  const stopBounding = boundLogs(() => logs);
  parts.add({ stop: async () => stopBounding(), kill: async () => stopBounding() });
  const databaseUrl = options.databaseUrl ?? (await startDatabase(stateFolder, parts, asked));
  await endLeftServices(before, workerGraceMs, log, asked);
  if (!isLoopback(options.host)) await refuseExposure(databaseUrl, options);
  const services: Record<string, string> = {};
  writeProcessFile(stateFolder, services);

  const port = await freePort(options.host, options.port);
  const url = `http://${reachableHost(options.host)}:${port}${options.basePath}`;
  const env = serviceEnv(options, databaseUrl);
  const start = (name: string, script: string, graceMs: number, extra: NodeJS.ProcessEnv) => {
    asked.throwIfAborted();
    const logFile = path.join(stateFolder, 'logs', `${name}.log`);
    logs.push(logFile);
    return startService({
      name,
      script: path.join(checkoutFolder, script),
      env: { ...env, ...extra },
      logFile,
      graceMs,
      onStart: (pid) => {
        services[name] = processIdentity(pid) ?? `${pid}/`;
        writeProcessFile(stateFolder, services);
      },
      onRestart: log,
    });
  };
  parts.add(start('api', 'apps/api/dist/server.js', apiGraceMs, { SPHERELAB_HOST: options.host, PORT: String(port) }));
  await untilReady(url, stateFolder, asked);
  const threads = String(threadsPerWorker(options.workers));
  const workers: StartedPart[] = [];
  parts.add(together(workers));
  for (let number = 1; number <= options.workers; number += 1)
    workers.push(
      start(`worker-${number}`, 'apps/worker/dist/main.js', workerGraceMs, { SPHERELAB_INTRA_OP_THREADS: threads }),
    );
  const removeFile = () => removeServerFile(stateFolder);
  parts.add({ stop: removeFile, kill: removeFile });
  await writeServerFile(stateFolder, { url, pid: process.pid });
  asked.throwIfAborted();
  return url;
}

/** The API would refuse too, in its log and again and again. */
async function refuseExposure(databaseUrl: string, { host, isOpen }: SystemOptions): Promise<void> {
  await applyMigrations(databaseUrl);
  const database = openDatabase(databaseUrl);
  await checkExposure(database, host, isOpen).finally(() => database.close());
}

function together(parts: readonly StartedPart[]): StartedPart {
  return {
    stop: async () => void (await Promise.all(parts.map((part) => part.stop()))),
    kill: async () => void (await Promise.all(parts.map((part) => part.kill()))),
  };
}

async function startDatabase(stateFolder: string, parts: StartedParts, signal: AbortSignal): Promise<string> {
  const starting = startEmbeddedPostgres({ stateFolder, signal });
  const settled = starting.then(
    () => undefined,
    () => undefined,
  );
  parts.add({
    stop: async () => {
      await settled;
      await stopEmbeddedPostgres(stateFolder);
    },
    kill: async () => {
      // pg_ctl has begun it, and it does not answer to anything yet.
      await Promise.race([settled, sleep(begunWithinMs)]);
      await stopEmbeddedPostgres(stateFolder, true);
    },
  });
  return (await starting).url;
}

function serviceEnv(options: SystemOptions, databaseUrl: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    SPHERELAB_DATA_DIR: options.dataRoot,
    SPHERELAB_STATE_DIR: options.stateFolder,
  };
  if (options.redisUrl === null) delete env.REDIS_URL;
  else env.REDIS_URL = options.redisUrl;
  return env;
}

/** Where a server that listens at `host` is reached from here, as it stands in a URL. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function untilReady(url: string, stateFolder: string, signal: AbortSignal): Promise<void> {
  const deadlineMs = Date.now() + readyTimeoutMs;
  while (Date.now() < deadlineMs) {
    signal.throwIfAborted();
    const answer = await fetch(`${url}/readyz`, { signal }).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(
    `the API did not become ready within ${readyTimeoutMs / 1000} s; see ${path.join(stateFolder, 'logs', 'api.log')}`,
  );
}
