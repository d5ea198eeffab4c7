import { startSystem } from './start-system.ts';
import { readSystemOptions } from './system-options.ts';

/**
 * `npm start`: the whole system on this machine until Ctrl-C. With an IPC parent (the demo) it tells the address
 * through the channel and stops when the parent is gone.
 */
const log = (message: string) => process.stderr.write(`spherelab: ${message}\n`);

try {
  const options = readSystemOptions(process.argv.slice(2), process.env);
  const system = await startSystem(options, log);
  const queue = options.redisUrl === null ? 'Postgres' : 'Redis';
  log(`ready at ${system.url}: open it in a browser (API documentation at ${system.url}/docs)`);
  log(`${options.workers} worker(s); queue in ${queue}; data sets from ${options.dataRoot}; Ctrl-C stops`);
  process.send?.({ url: system.url });

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    log('stopping: workers save a checkpoint first');
    await system.stop();
    log('stopped; what is queued goes on at the next start');
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('disconnect', stop);
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
