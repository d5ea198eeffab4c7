import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { cacheFolder, pipEnvironment } from '@spherelab/host';
import { checkoutFolder } from './checkout-folder.ts';
import { CliError } from './cli-error.ts';

/** The only place of this app that reads the environment. */
export type CliEnvironment = {
  /** Where the data sets lie for commands that run locally. */
  readonly dataRoot: string;
  /** Hashes of images, resized pictures and recorded steps, shared with the workers of this user. */
  readonly cacheFolder: string;
};

export function readEnvironment(env: NodeJS.ProcessEnv = process.env): CliEnvironment {
  return {
    dataRoot: path.resolve(env.SPHERELAB_DATA_DIR || path.join(checkoutFolder, 'datasets')),
    cacheFolder: cacheFolder(env),
  };
}

/** Which server the flags of a command name; they come before the environment. */
export type ChosenServer = { readonly url?: string; readonly state?: string };

let chosen: ChosenServer = {};

/** Called once, before a command runs. */
export function chooseServer({ url, state }: ChosenServer): void {
  chosen = { ...(url === undefined ? {} : { url }), ...(state === undefined ? {} : { state }) };
}

/**
 * The address of the API: `--url`, else what a running server wrote into server.json of `--state`; without these flags
 * `SPHERELAB_URL`, else the server.json of `SPHERELAB_STATE_DIR` or of this checkout.
 * @throws CliError when there is neither
 */
export function serverAddress(env: NodeJS.ProcessEnv = process.env): string {
  const url = chosen.url ?? (chosen.state === undefined ? env.SPHERELAB_URL : undefined);
  if (url) return url.replace(/\/+$/, '');
  const state = chosen.state ?? (env.SPHERELAB_STATE_DIR || path.join(checkoutFolder, '.spherelab'));
  const file = path.join(state, 'server.json');
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { url: string }).url;
  } catch {
    throw new CliError(
      `no server is running here: there is no ${file}`,
      'start one with `npm start`, or name one: --url http://host:port, --state FOLDER, or SPHERELAB_URL',
    );
  }
}

/** The environment that pip downloads in. */
export function pipSettings(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return pipEnvironment(env);
}

/** Keys of `spherelab login`, by the address of the server. */
export function keysFile(env: NodeJS.ProcessEnv = process.env): string {
  return path.join(env.XDG_CONFIG_HOME || path.join(homedir(), '.config'), 'spherelab', 'keys.json');
}

/** The key for a server: `SPHERELAB_KEY`, else what `spherelab login` kept for that address; null: none. */
export function keyFor(url: string, env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.SPHERELAB_KEY) return env.SPHERELAB_KEY;
  return readKeys(keysFile(env))[url] ?? null;
}

export function readKeys(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
