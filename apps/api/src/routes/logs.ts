import { getExperiment, logLinesAfter } from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { found } from '../answers/problem.ts';
import type { AppDependencies } from '../app-dependencies.ts';
import { pageSchema } from '../schemas/page-schema.ts';
import { problems } from '../schemas/problem-schema.ts';

const logLineSchema = z
  .object({
    id: z.int(),
    attempt: z.int(),
    level: z.enum(['info', 'warn', 'error']),
    message: z.string(),
    logged_at: z.iso.datetime(),
  })
  .meta({ id: 'LogLine' });

/** What an experiment's attempts had to say, oldest first. The cursor stays valid: it also brings what is written later. */
export const logRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database }) => {
  app.get('/experiments/:id/logs', {
    schema: {
      tags: ['experiments'],
      params: z.object({ id: z.string() }),
      querystring: z.strictObject({
        cursor: z.coerce.number().int().min(0).default(0),
        limit: z.coerce.number().int().min(1).max(5_000).default(500),
      }),
      response: { 200: pageSchema(logLineSchema), ...problems },
    },
    handler: async ({ params, query }) => {
      await found('experiment', params.id, (id) => getExperiment(database.pool, id));
      const lines = await logLinesAfter(database.pool, params.id, query.cursor, query.limit + 1);
      const items = lines.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: items.map((line) => ({ ...line, logged_at: line.logged_at.toISOString() })),
        next_cursor: lines.length > query.limit && last ? String(last.id) : null,
      };
    },
  });
};
