import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { passOn, type StopSignals } from '@spherelab/host';
import { checkoutFolder } from '../checkout-folder.ts';
import { CliError } from '../cli-error.ts';

export type DemoServer = { readonly url: string; readonly stop: () => Promise<void> };

/** Two one-thread workers train a plain and an SEC run side by side, faster together than one after the other. */
const workers = Math.min(2, availableParallelism());

/**
 * Starts the whole system with a state folder of its own. It stops by itself when this process dies.
 * @param signals are passed on, so that Ctrl-C ends a start too, and a second one ends it at once
 */
export async function startDemoServer(signals: StopSignals): Promise<DemoServer> {
  const script = path.join(checkoutFolder, 'apps/launcher/dist/main.js');
  const state = path.join(checkoutFolder, '.spherelab-demo');
  // The demo brings its own database and queue, whatever the environment says.
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = process.env;
  const child = spawn(process.execPath, [script, '--state', state, '--workers', String(workers)], {
    env,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  passOn(signals, child);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message: { readonly url: string }) => resolve(message.url));
    child.once('exit', () => reject(new CliError(`the server did not start:\n${said.trim()}`)));
  });
  const stop = async () => {
    if (!signals.asked.aborted) child.kill('SIGTERM');
    await ended;
  };
  return { url, stop };
}
