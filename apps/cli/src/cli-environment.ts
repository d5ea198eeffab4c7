import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '@spherelab/host';
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
