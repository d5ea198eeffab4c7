import { spawn } from 'node:child_process';
import path from 'node:path';
import { passOn, stopSignals } from '@spherelab/host';
import type { Command } from 'commander';
import { checkoutFolder } from '../checkout-folder.ts';
import { CliError } from '../cli-error.ts';

/**
 * `up` starts the whole system here, `worker` joins one that runs elsewhere; both stay until Ctrl-C. `backup` and `restore` work on
 * the database itself.
 */
export function addUpCommands(program: Command): void {
  program
    .command('up')
    .description('start database, API and workers on this machine (as npm start)')
    .option('--workers <n>', 'worker processes')
    .option('--port <n>', 'first port to try')
    .option('--state <folder>', 'where database, logs and server.json live')
    .option('--data-dir <folder>', 'data root')
    .action((options: Record<string, string>) => {
      const flags = Object.entries(options).flatMap(([name, value]) => [
        `--${name === 'dataDir' ? 'data-dir' : name}`,
        value,
      ]);
      return runToEnd('apps/launcher/dist/main.js', flags);
    });
  program
    .command('worker')
    .description('join a running system; needs DATABASE_URL, and REDIS_URL where the queue is in Redis')
    .action(() => runToEnd('apps/worker/dist/main.js', []));
  program
    .command('backup <file>')
    .description(
      'write everything to a file, while the system runs (DATABASE_URL, else the embedded database of --state)',
    )
    .option('--state <folder>', 'where the embedded database lives')
    .action((file: string, { state }: { readonly state?: string }) =>
      runToEnd('apps/launcher/dist/backup-main.js', ['backup', file, ...(state ? ['--state', state] : [])]),
    );
  program
    .command('restore <file>')
    .description('put a backup into an empty database; stop API and workers first')
    .option('--state <folder>', 'where the embedded database lives')
    .option('--replace', 'delete what is there')
    .action((file: string, { state, replace }: { readonly state?: string; readonly replace?: boolean }) =>
      runToEnd('apps/launcher/dist/backup-main.js', [
        'restore',
        file,
        ...(state ? ['--state', state] : []),
        ...(replace ? ['--replace'] : []),
      ]),
    );
}

/** `keys`: who may use the API; works on the database itself, so that the first key needs none. */
export function addKeysCommand(program: Command): void {
  const keys = program
    .command('keys')
    .description('keys of the API (DATABASE_URL, else the embedded database of --state)');
  const run = (verb: string, argument: readonly string[], options: Readonly<Record<string, string>>) =>
    runToEnd('apps/api/dist/keys-main.js', [
      verb,
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
      '--',
      ...argument,
    ]);
  const state = ['--state <folder>', 'where the embedded database lives'] as const;
  keys
    .command('create <name>')
    .description('make a key, which is shown once; from the first one on the API opens to keys alone')
    .option('--scope <scope>', 'read, write, or admin (with the board of jobs)', 'write')
    .option(...state)
    .action((name: string, options: Record<string, string>) => run('create', [name], options));
  keys
    .command('list')
    .description('keys with their last use')
    .option(...state)
    .action((options: Record<string, string>) => run('list', [], options));
  keys
    .command('revoke <id>')
    .description('from the next request on it opens nothing')
    .option(...state)
    .action((id: string, options: Record<string, string>) => run('revoke', [id], options));
  keys
    .command('log')
    .description('who changed what, newest first')
    .option(...state)
    .action((options: Record<string, string>) => run('log', [], options));
}

/**
 * Runs a program of ours in the foreground. It gets a group of its own, so that Ctrl-C reaches it once, from here; the channel tells
 * it when this process is killed.
 */
function runToEnd(script: string, flags: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [path.join(checkoutFolder, script), ...flags], {
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  passOn(stopSignals(), child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new CliError(`${path.basename(path.dirname(path.dirname(script)))} ended with ${signal ?? `code ${code}`}`),
        );
    });
  });
}
