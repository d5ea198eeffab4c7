import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { forgetForeignVariables, stopSignals } from '@spherelab/host';
import { queueStoreOf } from '@spherelab/queue';
import { chooseDevices } from './choose-devices.ts';
import { readWorkerEnv } from './env.ts';
import { startWorker } from './start-worker.ts';

export { type RunningWorker, startWorker, type WorkerOptions } from './start-worker.ts';

/**
 * Runs a worker until it is told to stop: a signal, or the death of the launcher that started it, drains it; a second signal ends
 * it at once.
 */
async function main(): Promise<void> {
  const { asked, insisted } = stopSignals();
  // Before it is ready it has no trainer: it waits for the database, maybe for ever.
  const endBeforeReady = () => process.exit(0);
  if (asked.aborted) endBeforeReady();
  asked.addEventListener('abort', endBeforeReady);
  insisted.addEventListener('abort', () => process.exit(1)); // children end with their supervisor
  forgetForeignVariables(process.env);
  const env = readWorkerEnv(process.env);
  const log = (level: string, message: string, details: object = {}) =>
    console.log(JSON.stringify({ level, time: new Date().toISOString(), message, ...details }));
  const worker = await startWorker({
    databaseUrl: env.databaseUrl,
    queue: queueStoreOf(env),
    dataRoot: env.dataRoot,
    cacheFolder: env.cacheFolder,
    cacheBytes: env.cacheBytes,
    devices: chooseDevices(env.devices, env.visibleGpus),
    threads: { intra_op_threads: env.intraOpThreads, inter_op_threads: env.interOpThreads },
    memoryLimitMb: env.memoryLimitMb,
    name: env.name,
    log,
  });
  log('info', 'the worker is ready', { name: worker.name });
  asked.removeEventListener('abort', endBeforeReady);
  await new Promise((resolve) => asked.addEventListener('abort', resolve));
  log('info', 'draining', { signal: asked.reason });
  await worker.close();
  process.exit(0);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
