import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { cacheFolder, withPassword } from '@spherelab/host';
import { z } from 'zod';
import type { Device } from './device.ts';

const threads = z.coerce.number().int().min(1).max(1024);

const deviceSchema = z.custom<Device>(
  (device) => /^(cpu|gpu:(\d+|MIG-[\w/-]+))$/.test(String(device)),
  'must list devices, as in "cpu" or "gpu:0,gpu:1"',
);

/** The environment of the worker: the only place that reads it. */
export const workerEnvSchema = z.object({
  DATABASE_URL: z.string().min(1),
  POSTGRES_PASSWORD: z.string().min(1).optional(),
  REDIS_URL: z.string().min(1).optional(),
  REDIS_PASSWORD: z.string().min(1).optional(),
  SPHERELAB_DATA_DIR: z.string().min(1).default('./datasets'),
  SPHERELAB_WORKER_NAME: z.string().min(1).max(200).optional(),
  SPHERELAB_DEVICES: z
    .string()
    .transform((text) => text.split(',').map((device) => device.trim()))
    .pipe(z.array(deviceSchema))
    .optional(),
  CUDA_VISIBLE_DEVICES: z.string().optional(),
  SPHERELAB_INTRA_OP_THREADS: threads.default(availableParallelism()),
  SPHERELAB_INTER_OP_THREADS: threads.default(1),
  SPHERELAB_PICTURE_CACHE_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 50)
    .default(16 * 2 ** 30),
  SPHERELAB_TRAINER_MEMORY_MB: z.coerce.number().int().min(256).optional(),
  XDG_CACHE_HOME: z.string().min(1).optional(),
});

export type WorkerEnv = {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  readonly dataRoot: string;
  readonly cacheFolder: string;
  readonly cacheBytes: number;
  readonly name: string | undefined;
  readonly devices: readonly Device[] | undefined;
  /** of a scheduler; empty: no GPU */
  readonly visibleGpus: string | undefined;
  readonly intraOpThreads: number;
  readonly interOpThreads: number;
  /** undefined: three quarters of the machine, shared by its trainers */
  readonly memoryLimitMb: number | undefined;
};

/** @throws Error naming each variable that is wrong */
export function readWorkerEnv(env: NodeJS.ProcessEnv): WorkerEnv {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  const parsed = workerEnvSchema.safeParse(present);
  if (!parsed.success) throw new Error(`The environment is not usable:\n${z.prettifyError(parsed.error)}`);
  const { data } = parsed;
  return {
    databaseUrl: withPassword(data.DATABASE_URL, data.POSTGRES_PASSWORD),
    redisUrl: data.REDIS_URL && withPassword(data.REDIS_URL, data.REDIS_PASSWORD),
    dataRoot: resolve(data.SPHERELAB_DATA_DIR),
    cacheFolder: cacheFolder(data),
    cacheBytes: data.SPHERELAB_PICTURE_CACHE_BYTES,
    name: data.SPHERELAB_WORKER_NAME,
    devices: data.SPHERELAB_DEVICES,
    visibleGpus: env.CUDA_VISIBLE_DEVICES,
    intraOpThreads: data.SPHERELAB_INTRA_OP_THREADS,
    interOpThreads: data.SPHERELAB_INTER_OP_THREADS,
    memoryLimitMb: data.SPHERELAB_TRAINER_MEMORY_MB,
  };
}
