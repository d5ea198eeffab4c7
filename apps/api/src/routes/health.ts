import { setTimeout as delay } from 'node:timers/promises';
import { countExperiments, countInterruptedOften, countOutbox, listWorkers, pingDatabase } from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { prometheusText } from '../answers/prometheus-text.ts';
import type { AppDependencies } from '../app-dependencies.ts';

const answerWithinMs = 3_000;
const checkSchema = z.enum(['ok', 'unreachable']);
const readySchema = z.object({ ready: z.boolean(), database: checkSchema, queue: checkSchema });

/** For those who watch the server: is it up, can it work, what does it do. */
export const healthRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database, queue }) => {
  const tags = ['health'];

  app.get('/healthz', {
    schema: { tags, response: { 200: z.object({ status: z.literal('ok') }) } },
    handler: async () => ({ status: 'ok' as const }),
  });

  app.get('/readyz', {
    schema: { tags, response: { 200: readySchema, 503: readySchema } },
    handler: async (_request, reply) => {
      const [databaseState, queueState] = await Promise.all([check(pingDatabase(database)), check(queue.ping())]);
      const ready = databaseState === 'ok' && queueState === 'ok';
      return reply.code(ready ? 200 : 503).send({ ready, database: databaseState, queue: queueState });
    },
  });

  app.get('/metrics', {
    schema: { tags, produces: ['text/plain'] },
    handler: async (_request, reply) => {
      const [experiments, interruptedOften, workers, outbox, jobs] = await Promise.all([
        countExperiments(database),
        countInterruptedOften(database.pool),
        listWorkers(database.pool),
        countOutbox(database.pool),
        Promise.race([queue.counts().catch(() => null), delay(answerWithinMs, null, { ref: false })]),
      ]);
      const alive = workers.filter((worker) => worker.alive).length;
      const requests = [...app.requestCounts.values()];
      const text = prometheusText({ experiments, interruptedOften, workers: alive, outbox, jobs, requests });
      return reply.type('text/plain; version=0.0.4').send(text);
    },
  });
};

async function check(answer: Promise<unknown>): Promise<'ok' | 'unreachable'> {
  const answered = answer.then(
    () => 'ok' as const,
    () => 'unreachable' as const,
  );
  return Promise.race([answered, delay(answerWithinMs, 'unreachable' as const, { ref: false })]);
}
