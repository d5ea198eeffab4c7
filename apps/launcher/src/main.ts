import { isLoopback } from '@spherelab/db';
import { forgetForeignVariables, stopSignals } from '@spherelab/host';
import { startSystem } from './start-system.ts';
import { startedParts } from './started-parts.ts';
import { readSystemOptions } from './system-options.ts';

/**
 * `npm start`: the whole system on this machine until Ctrl-C. With an IPC parent (the demo) it tells the address
 * through the channel and stops when the parent is gone. A second Ctrl-C ends everything at once.
 */
const log = (message: string) => process.stderr.write(`spherelab: ${message}\n`);
/** What shells give for a program that Ctrl-C ended. */
const interruptedCode = 130;

forgetForeignVariables(process.env);
const { asked, insisted } = stopSignals();
const parts = startedParts();
insisted.addEventListener('abort', async () => {
  log('ending at once: what is not saved is trained again from the last checkpoint');
  await parts.kill();
  process.exit(interruptedCode);
});

try {
  const options = readSystemOptions(process.argv.slice(2), process.env);
  const url = await startSystem(options, parts, log, asked);
  const queue = options.redisUrl === null ? 'Postgres' : 'Redis';
  log(`ready at ${url}: open it in a browser (API documentation at ${url}/docs)`);
  if (!isLoopback(options.host)) log(`the API listens on ${options.host}: other machines reach it`);
  log(`${options.workers} worker(s); queue in ${queue}; data sets from ${options.dataRoot}; Ctrl-C stops`);
  if (process.connected) process.send?.({ url });
  await new Promise((resolve) => asked.addEventListener('abort', resolve));
  log('stopping: workers save a checkpoint first; once more ends at once');
  await parts.stop();
  log('stopped; what is queued goes on at the next start');
  process.exit(0);
} catch (error) {
  if (asked.aborted) log('stopping what was started; once more ends at once');
  else log(error instanceof Error ? error.message : String(error));
  await parts.stop().catch((cause: Error) => log(cause.message));
  process.exit(asked.aborted ? interruptedCode : 1);
}
