import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@spherelab/db';
import { freePort } from './free-port.ts';
import { readServerFile, removeServerFile, writeServerFile } from './server-file.ts';
import { type ServiceProcess, startService } from './service-process.ts';
import { checkoutFolder, type SystemOptions, threadsPerWorker } from './system-options.ts';

export type System = { readonly url: string; readonly stop: () => Promise<void> };

/** A worker finishes its step and saves a checkpoint in this time, or is killed; its run goes on from the last checkpoint. */
const workerGraceMs = 30_000;
const apiGraceMs = 10_000;
const readyTimeoutMs = 60_000;

/**
 * Starts database, API and workers, and writes server.json. Whatever was started is stopped again when a later part fails.
 * @throws Error when a server already runs on this state folder, or a part does not start
 */
export async function startSystem(options: SystemOptions, log: (message: string) => void): Promise<System> {
  await mkdir(path.join(options.stateFolder, 'logs'), { recursive: true });
  const running = await readServerFile(options.stateFolder);
  if (running !== null)
    throw new Error(`a server of ${options.stateFolder} already runs at ${running.url} (pid ${running.pid})`);

  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const stopPart of stops.splice(0).reverse()) await stopPart();
  };
  try {
    const databaseUrl = options.databaseUrl ?? (await startDatabase(options, stops));
    const port = await freePort(options.port);
    const url = `http://127.0.0.1:${port}`;
    const env = serviceEnv(options, databaseUrl);
    const service = (name: string, script: string, extra: NodeJS.ProcessEnv): ServiceProcess =>
      startService({
        name,
        script: path.join(checkoutFolder, script),
        env: { ...env, ...extra },
        logFile: path.join(options.stateFolder, 'logs', `${name}.log`),
        onRestart: log,
      });
    const api = service('api', 'apps/api/dist/server.js', { PORT: String(port) });
    stops.push(() => api.stop(apiGraceMs));
    await untilReady(url, options.stateFolder);
    const workers = Array.from({ length: options.workers }, (_, index) =>
      service(`worker-${index + 1}`, 'apps/worker/dist/main.js', {
        SPHERELAB_INTRA_OP_THREADS: String(threadsPerWorker(options.workers)),
      }),
    );
    stops.push(async () => void (await Promise.all(workers.map((worker) => worker.stop(workerGraceMs)))));
    await writeServerFile(options.stateFolder, { url, pid: process.pid });
    stops.push(() => removeServerFile(options.stateFolder));
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startDatabase(options: SystemOptions, stops: (() => Promise<void>)[]): Promise<string> {
  const database = await startEmbeddedPostgres({ stateFolder: options.stateFolder });
  stops.push(() => database.stop());
  return database.url;
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

async function untilReady(url: string, stateFolder: string): Promise<void> {
  const deadlineMs = Date.now() + readyTimeoutMs;
  while (Date.now() < deadlineMs) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(
    `the API did not become ready within ${readyTimeoutMs / 1000} s; see ${path.join(stateFolder, 'logs', 'api.log')}`,
  );
}
