import type { QueueStore } from '@spherelab/queue';
import { startPostgresServer } from './postgres-server.ts';
import { findRedisServer, startRedisServer } from './redis-server.ts';

/** A queue store of one test file; everything about queues is tested on both kinds. */
export type TestStore = {
  readonly name: 'redis' | 'postgres';
  /** whether the machine has what it needs */
  readonly available: boolean;
  start(): Promise<{ store: QueueStore; readonly stop: () => Promise<void> }>;
};

export const testStores: readonly TestStore[] = [
  {
    name: 'redis',
    available: (await findRedisServer()) !== null,
    start: async () => {
      const redis = await startRedisServer();
      return { store: { store: 'redis', url: redis.url }, stop: redis.stop };
    },
  },
  {
    name: 'postgres',
    available: true,
    start: async () => {
      const server = await startPostgresServer();
      return {
        store: { store: 'postgres', connectionString: await server.createEmptyDatabase() },
        stop: server.stop,
      };
    },
  },
];
