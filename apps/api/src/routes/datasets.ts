import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppDependencies } from '../app-dependencies.ts';
import { presentFolder } from '../requests/present-folder.ts';
import { pageSchema } from '../schemas/page-schema.ts';

const datasetSchema = z
  .object({
    name: z.string(),
    facts: z
      .object({
        training_classes: z.int(),
        training_images: z.int(),
        smallest_training_class: z.int(),
        test_classes: z.int(),
        data_list_sha256: z.string(),
      })
      .nullable(),
    notes: z.array(z.string()).describe('what of its folder is passed over'),
    problem: z.string().nullable().describe('what keeps it from being used'),
  })
  .meta({ id: 'Dataset' });

/** Data sets that this process can see. */
export const datasetRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { catalogue, dataRoot }) => {
  app.get('/datasets', {
    schema: { tags: ['datasets'], response: { 200: pageSchema(datasetSchema) } },
    handler: async () => {
      const datasets = await catalogue.list(await presentFolder(dataRoot));
      const items = datasets.map(({ name, facts, problem }) => ({
        name,
        facts: facts && {
          training_classes: facts.trainingClasses,
          training_images: facts.trainingImages,
          smallest_training_class: facts.smallestTrainingClass,
          test_classes: facts.testClasses,
          data_list_sha256: facts.dataListSha256,
        },
        notes: [...(facts?.notes ?? [])],
        problem,
      }));
      return { items, next_cursor: null };
    },
  });
};
