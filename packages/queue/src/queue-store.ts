/** Where jobs are kept: Redis in a cluster, the database itself when embedded. */
export type QueueStore =
  | { readonly store: 'redis'; readonly url: string }
  | { readonly store: 'postgres'; readonly connectionString: string };

/** Schema of BullMQ's own tables, beside those of Prisma. */
export const queueSchema = 'bullmq';

/** The store that environment variables ask for: Redis when its URL is given. */
export function queueStoreOf(env: { readonly databaseUrl: string; readonly redisUrl: string | undefined }): QueueStore {
  return env.redisUrl
    ? { store: 'redis', url: env.redisUrl }
    : { store: 'postgres', connectionString: env.databaseUrl };
}
