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

/**
 * The address of the API: `SPHERELAB_URL`, else what a running `npm start` wrote into server.json.
 * @throws CliError when there is neither
 */
export function serverAddress(env: NodeJS.ProcessEnv = process.env): string {
  if (env.SPHERELAB_URL) return env.SPHERELAB_URL.replace(/\/+$/, '');
  const file = path.join(env.SPHERELAB_STATE_DIR || path.join(checkoutFolder, '.spherelab'), 'server.json');
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { url: string }).url;
  } catch {
    throw new CliError('no server is running here', 'start one with `npm start`, or set SPHERELAB_URL');
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
