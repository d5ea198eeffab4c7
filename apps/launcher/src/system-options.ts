import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withPassword } from '@spherelab/host';

/** The checkout: apps/launcher/dist/ is three folders beneath it. */
export const checkoutFolder = fileURLToPath(new URL('../../../', import.meta.url));

/** How the whole system is to be started on this machine. */
export type SystemOptions = {
  /** Database, server.json, logs. */
  readonly stateFolder: string;
  readonly workers: number;
  /** The address at which the API listens. */
  readonly host: string;
  /** It may listen beyond this machine without a key. */
  readonly isOpen: boolean;
  /** What a proxy serves the page under; links have it. */
  readonly basePath: string;
  /** First port to try. */
  readonly port: number;
  /** An external Postgres; null starts the embedded one. */
  readonly databaseUrl: string | null;
  /** An external Redis for the queue; null keeps the queue in Postgres. */
  readonly redisUrl: string | null;
  readonly dataRoot: string;
};

/**
 * Reads the options from flags, then the environment.
 * @throws Error naming the flag that is wrong
 */
export function readSystemOptions(args: readonly string[], env: NodeJS.ProcessEnv): SystemOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      state: { type: 'string', default: env.SPHERELAB_STATE_DIR || path.join(checkoutFolder, '.spherelab') },
      workers: { type: 'string', default: env.SPHERELAB_WORKERS || '1' },
      port: { type: 'string', default: env.PORT || '3000' },
      'data-dir': { type: 'string', default: env.SPHERELAB_DATA_DIR || path.join(checkoutFolder, 'datasets') },
    },
  });
  return {
    stateFolder: path.resolve(values.state),
    workers: wholeNumber('--workers', values.workers, 0, 64),
    host: env.SPHERELAB_HOST || '127.0.0.1',
    isOpen: env.SPHERELAB_OPEN === '1',
    basePath: (env.SPHERELAB_BASE_PATH ?? '').replace(/\/+$/, ''),
    port: wholeNumber('--port', values.port, 0, 65_535),
    databaseUrl: env.DATABASE_URL ? withPassword(env.DATABASE_URL, env.POSTGRES_PASSWORD) : null,
    redisUrl: env.REDIS_URL ? withPassword(env.REDIS_URL, env.REDIS_PASSWORD) : null,
    dataRoot: path.resolve(values['data-dir']),
  };
}

/** Threads that each worker may use, so that all of them together fill the machine once. */
export function threadsPerWorker(workers: number): number {
  return Math.max(1, Math.floor(availableParallelism() / Math.max(1, workers)));
}

function wholeNumber(flag: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw new Error(`${flag} must be a whole number from ${minimum} to ${maximum}, got ${JSON.stringify(text)}`);
}
