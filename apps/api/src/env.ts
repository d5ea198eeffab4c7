import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { withPassword } from '@spherelab/host';
import { z } from 'zod';

const hostPattern = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?$/i;

/** The environment of the API: the only place that reads it. */
export const apiEnvSchema = z.object({
  DATABASE_URL: z.string().min(1),
  POSTGRES_PASSWORD: z.string().min(1).optional(),
  REDIS_URL: z.string().min(1).optional(),
  REDIS_PASSWORD: z.string().min(1).optional(),
  SPHERELAB_HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  SPHERELAB_ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((host) => host.trim())
        .filter((host) => host !== ''),
    )
    .pipe(z.array(z.string().regex(hostPattern, 'must be names or name:port, separated by commas'))),
  SPHERELAB_BASE_PATH: z
    .string()
    .transform((text) => text.replace(/\/+$/, ''))
    .pipe(z.string().regex(/^(\/[\w.~@%-]+)*$/, 'must be a path such as /user/x/proxy/3000'))
    .default(''),
  SPHERELAB_DATA_DIR: z.string().min(1).default('./datasets'),
  XDG_CACHE_HOME: z.string().min(1).default(join(homedir(), '.cache')),
  SPHERELAB_OPEN: z.enum(['0', '1']).default('0'),
  SPHERELAB_ADMIN: z.enum(['0', '1']).default('0'),
  SPHERELAB_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
});

export type ApiEnv = {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly host: string;
  /** undefined: 3000, or the next free one */
  readonly port: number | undefined;
  /** names by which clients know this server beside its own addresses */
  readonly allowedHosts: readonly string[];
  /** path under which a proxy serves this server; empty: none */
  readonly basePath: string;
  readonly dataRoot: string;
  readonly cacheFolder: string;
  /** listen beyond this machine without a key */
  readonly isOpen: boolean;
  /** serve BullMQ's board */
  readonly isAdmin: boolean;
  readonly logLevel: string;
};

/** @throws Error naming each variable that is wrong */
export function readApiEnv(env: NodeJS.ProcessEnv): ApiEnv {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  const parsed = apiEnvSchema.safeParse(present);
  if (!parsed.success) throw new Error(`The environment is not usable:\n${z.prettifyError(parsed.error)}`);
  const { data } = parsed;
  return {
    databaseUrl: withPassword(data.DATABASE_URL, data.POSTGRES_PASSWORD),
    redisUrl: data.REDIS_URL && withPassword(data.REDIS_URL, data.REDIS_PASSWORD),
    host: data.SPHERELAB_HOST,
    port: data.PORT,
    allowedHosts: data.SPHERELAB_ALLOWED_HOSTS,
    basePath: data.SPHERELAB_BASE_PATH,
    dataRoot: resolve(data.SPHERELAB_DATA_DIR),
    cacheFolder: join(data.XDG_CACHE_HOME, 'spherelab'),
    isOpen: data.SPHERELAB_OPEN === '1',
    isAdmin: data.SPHERELAB_ADMIN === '1',
    logLevel: data.SPHERELAB_LOG_LEVEL,
  };
}
