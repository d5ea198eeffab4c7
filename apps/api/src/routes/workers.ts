import { setTimeout as delay } from 'node:timers/promises';
import { countOutbox, listWorkers } from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppDependencies } from '../app-dependencies.ts';
import { pageSchema } from '../schemas/page-schema.ts';

const answerWithinMs = 3_000;
const workerSchema = z
  .object({
    name: z.string(),
    devices: z.array(z.string()),
    host: z.string(),
    pid: z.int(),
    version: z.string(),
    alive: z.boolean().describe('heard of in the last half minute'),
    experiment_ids: z.array(z.string()).describe('what it trains now'),
    started_at: z.iso.datetime(),
    heartbeat_at: z.iso.datetime(),
    stopped_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Worker' });

const queueSchema = z
  .object({
    outbox: z.int().describe('changes that the queue has still to be told'),
    jobs: z
      .record(z.string(), z.record(z.string(), z.int()))
      .nullable()
      .describe('jobs by queue and state; null where the queue store does not answer'),
  })
  .meta({ id: 'QueueDepth' });

/** Workers heard of in the last day, and how much waits for them. */
export const workerRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database, queue }) => {
  app.get('/queue', {
    schema: { tags: ['workers'], summary: 'What waits in the queue', response: { 200: queueSchema } },
    handler: async () => {
      const late = delay(answerWithinMs, null, { ref: false });
      const jobs = await Promise.race([queue.counts().catch(() => null), late]);
      return { outbox: await countOutbox(database.pool), jobs };
    },
  });

  app.get('/workers', {
    schema: { tags: ['workers'], response: { 200: pageSchema(workerSchema) } },
    handler: async () => {
      const workers = await listWorkers(database.pool);
      const items = workers.map((worker) => ({
        ...worker,
        devices: [...worker.devices],
        experiment_ids: [...worker.experiment_ids],
        started_at: worker.started_at.toISOString(),
        heartbeat_at: worker.heartbeat_at.toISOString(),
        stopped_at: worker.stopped_at?.toISOString() ?? null,
      }));
      return { items, next_cursor: null };
    },
  });
};
