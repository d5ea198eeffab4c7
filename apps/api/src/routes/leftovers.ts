import { collectThumbnails } from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppDependencies } from '../app-dependencies.ts';
import { collectJobs, collectLeftovers, leftoversOf } from '../background/collect-leftovers.ts';

const leftoversSchema = z
  .object({
    items: z.array(
      z.object({
        what: z.string().describe('kind of rows'),
        count: z.int(),
        bytes: z.int().describe('of their contents'),
      }),
    ),
  })
  .meta({ id: 'Leftovers' });

/** Rows and jobs that nothing needs any more. They go by themselves in time; this shows them, or has them go now. */
export const leftoverRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database, queue }) => {
  const tags = ['leftovers'];

  app.get('/leftovers', {
    schema: { tags, summary: 'What nothing needs any more, by kind', response: { 200: leftoversSchema } },
    handler: async () => ({ items: await leftoversOf(database, queue) }),
  });

  app.post('/leftovers/collect', {
    schema: { tags, summary: 'Deletes it now; answers what was there', response: { 200: leftoversSchema } },
    handler: async () => {
      const items = await leftoversOf(database, queue);
      await collectLeftovers(database);
      await collectJobs(database, queue);
      await collectThumbnails(database);
      return { items };
    },
  });
};
