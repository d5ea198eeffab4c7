import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { queueStoreOf } from '@spherelab/queue';
import { type Device, findDevices } from './device.ts';
import { readWorkerEnv } from './env.ts';
import { startWorker } from './start-worker.ts';

export { type RunningWorker, startWorker, type WorkerOptions } from './start-worker.ts';

/** Runs a worker until it is told to stop: SIGTERM and SIGINT drain it, a second one ends it at once. */
async function main(): Promise<void> {
  const env = readWorkerEnv(process.env);
  const log = (level: string, message: string, details: object = {}) =>
    console.log(JSON.stringify({ level, time: new Date().toISOString(), message, ...details }));
  const worker = await startWorker({
    databaseUrl: env.databaseUrl,
    queue: queueStoreOf(env),
    dataRoot: env.dataRoot,
    cacheFolder: env.cacheFolder,
    cacheBytes: env.cacheBytes,
    devices: (env.devices as Device[] | undefined) ?? findDevices(),
    threads: { intra_op_threads: env.intraOpThreads, inter_op_threads: env.interOpThreads },
    memoryLimitMb: env.memoryLimitMb,
    name: env.name,
    log,
  });
  log('info', 'the worker is ready', { name: worker.name });
  let asked = false;
  const stop = async (signal: string): Promise<void> => {
    if (asked) process.exit(1); // children end with their supervisor
    asked = true;
    log('info', 'draining', { signal });
    await worker.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  // Started by the launcher: its death closes the channel.
  process.on('disconnect', () => void stop('the launcher is gone'));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
