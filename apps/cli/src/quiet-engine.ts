import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { passOn, StartUpLineFilter, stopSignals } from '@spherelab/host';
import type { Command } from 'commander';

/** Commands that load TensorFlow into their own process. */
const loadEngine = new Set(['embed', 'evaluate', 'export', 'import']);

/** Set for the process that does the work. */
const WORKING = 'SPHERELAB_COMMAND_WORKS';

/** What shells add to a signal's number in an exit code. */
const SIGNALLED = 128;

/**
 * Has a command that loads TensorFlow done by a second process, whose stderr is passed on without the lines that TensorFlow writes
 * there while it is loaded: no log level and no variable silences them.
 */
export function quietEngine(program: Command): void {
  program.hook('preAction', async (_, action) => {
    if (!loadEngine.has(action.name()) || process.env[WORKING] === '1') return;
    process.exit(await workQuietly());
  });
}

async function workQuietly(): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, [WORKING]: '1' },
    stdio: ['inherit', 'inherit', 'pipe'],
  });
  passOn(stopSignals(), child);
  const filter = new StartUpLineFilter();
  child.stderr.setEncoding('utf8').on('data', (piece: string) => process.stderr.write(filter.pass(piece)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.stderr.write(filter.end());
      resolve(code ?? SIGNALLED + constants.signals[signal ?? 'SIGTERM']);
    });
  });
}
