import { idsBeginningWith } from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppDependencies } from '../app-dependencies.ts';
import { idPrefixSchema } from '../schemas/id-prefix.ts';
import { pageSchema } from '../schemas/page-schema.ts';
import { problems } from '../schemas/problem-schema.ts';

const mostListed = 10;

const namedIdSchema = z
  .object({ kind: z.enum(['experiment', 'sweep', 'study']), id: z.uuid() })
  .meta({ id: 'NamedId' });

/** Which ids a shortened one stands for. */
export const idRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database }) => {
  app.get('/ids/:prefix', {
    schema: {
      tags: ['experiments'],
      summary: `Ids of experiments, sweeps and studies that begin so, at most ${mostListed} of each`,
      params: z.object({ prefix: idPrefixSchema }),
      response: { 200: pageSchema(namedIdSchema), ...problems },
    },
    handler: async ({ params }) => ({
      items: await idsBeginningWith(database.pool, params.prefix, mostListed),
      next_cursor: null,
    }),
  });
};
