import type { Command } from 'commander';
import { type ChosenServer, chooseServer } from '../cli-environment.ts';

/** Commands that ask no server. */
const local = ['up', 'worker', 'backup', 'restore', 'keys', 'datasets', 'weights', 'doctor', 'clean', 'demo'];

/** Gives every command that asks a server the flags that say which. */
export function addServerFlags(program: Command): void {
  for (const command of program.commands) {
    if (local.includes(command.name())) continue;
    const has = (name: string) => command.options.some(({ long }) => long === name);
    if (!has('--url'))
      command.option('--url <address>', 'the server, such as http://127.0.0.1:3000 (or SPHERELAB_URL)');
    if (!has('--state')) command.option('--state <folder>', 'the server that `npm start -- --state FOLDER` runs here');
  }
  program.hook('preAction', (_program, command) => chooseServer(command.opts<ChosenServer>()));
}
