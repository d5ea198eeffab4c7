import { lossNames } from '@spherelab/catalogue';
import { experimentRequestSchema, runStates } from '@spherelab/config';
import {
  createExperiments,
  deleteExperiment,
  type ExperimentAction,
  earlierResult,
  experimentFacets,
  getExperiment,
  inTransaction,
  listAttempts,
  listColumn,
  listColumnsText,
  listExperiments,
  readConditions,
  requestTransition,
  retryRolledBack,
} from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { conflict, found, notFound } from '../answers/problem.ts';
import type { AppDependencies } from '../app-dependencies.ts';
import { resolveExperimentRequest } from '../requests/resolve-request.ts';
import {
  attemptViewSchema,
  experimentDetailSchema,
  experimentViewSchema,
  toAttemptView,
  toExperimentView,
} from '../schemas/experiment-view.ts';
import { idPrefixSchema } from '../schemas/id-prefix.ts';
import { pageQuery, pageSchema } from '../schemas/page-schema.ts';
import { problems } from '../schemas/problem-schema.ts';

const idParams = z.object({ id: z.string() });
const postSchema = experimentRequestSchema
  .extend({ force: z.boolean().optional().describe('make a new one even where the same config exists') })
  .meta({ id: 'ExperimentRequest' });
const sortSchema = z
  .string()
  .refine((sort) => listColumn(sort.replace(/^-/, '')) !== null, {
    error: `must be ${listColumnsText}, with "-" before it for descending`,
  })
  .optional()
  .describe(`${listColumnsText}; "-" for descending; newest first by default`);
const filterSchema = z
  .string()
  .max(2_000)
  .transform((text, context) => {
    try {
      return readConditions(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  })
  .optional()
  .describe('conditions separated by commas, as sec_wei>0,lr=0.001,recall_at_1>=0.4; names as for sort');
const listQuery = z.strictObject({
  status: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(runStates)))
    .optional()
    .describe(`one or more of ${runStates.join(', ')}, separated by commas`),
  dataset: z.string().optional(),
  loss: z.enum(lossNames).optional(),
  sweep: z.string().optional(),
  tag: z.string().optional(),
  q: z
    .string()
    .max(200)
    .optional()
    .describe("words of what the page's list shows, as 'shapes triplet SEC', or the beginning of an id"),
  filter: filterSchema,
  ids: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(idPrefixSchema).max(500))
    .optional()
    .describe('these alone: ids or their first characters, separated by commas'),
  sort: sortSchema,
  ...pageQuery,
});

const resolvedSchema = experimentViewSchema
  .pick({ config: true, sources: true, identity: true, provenance: true })
  .meta({ id: 'ResolvedExperiment' });
const counts = z.record(z.string(), z.int());
const facetsSchema = z
  .object({ statuses: z.partialRecord(z.enum(runStates), z.int()), datasets: counts, losses: counts, tags: counts })
  .meta({ id: 'ExperimentFacets' });

const verbs: Readonly<Record<ExperimentAction, string>> = {
  cancel: 'Cancels: at once, or within one step of a running experiment',
  pause: 'Pauses: a running experiment writes a checkpoint first',
  resume: 'Queues a paused experiment; it resumes from its checkpoint',
  retry: 'Queues a failed or cancelled experiment again',
};

/** Experiments: post, look at, act on. */
export const experimentRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, dependencies) => {
  const { database, kickRelay, basePath = '' } = dependencies;
  const tags = ['experiments'];
  const experimentOf = (id: string) => found('experiment', id, (known) => getExperiment(database.pool, known));

  app.post('/experiments', {
    // The config package judges the body: its errors name the nearest known field.
    validatorCompiler: () => (value) => ({ value }),
    schema: {
      tags,
      summary: 'Queues an experiment; the same config again answers with the same one',
      body: postSchema,
      response: { 200: experimentViewSchema, 201: experimentViewSchema, ...problems },
    },
    handler: async (request, reply) => {
      const input = await resolveExperimentRequest(dependencies, request.body);
      const [stored] = await retryRolledBack(() =>
        inTransaction(database, (client) => createExperiments(client, [input])),
      );
      if (!stored) throw new Error('nothing was stored');
      if (stored.created) kickRelay();
      const { experiment, created } = stored;
      return reply
        .code(created ? 201 : 200)
        .header('location', `${basePath}/experiments/${experiment.id}`)
        .send(toExperimentView(experiment));
    },
  });

  app.post('/experiments/resolve', {
    validatorCompiler: () => (value) => ({ value }),
    schema: {
      tags,
      summary: 'Completes a request as POST /experiments would, and stores nothing',
      body: postSchema,
      response: { 200: resolvedSchema, ...problems },
    },
    handler: async (request) => {
      const { config, sources, identity, provenance } = await resolveExperimentRequest(dependencies, request.body);
      return { config, sources, identity, provenance };
    },
  });

  app.get('/experiments/facets', {
    schema: {
      tags,
      summary: 'How many experiments there are by status, data set, loss and tag',
      response: { 200: facetsSchema },
    },
    handler: async () => experimentFacets(database.pool),
  });

  app.get('/experiments', {
    schema: { tags, querystring: listQuery, response: { 200: pageSchema(experimentViewSchema), ...problems } },
    handler: async (request) => {
      const { sort, sweep, filter: conditions, ...filter } = request.query;
      const page = await listExperiments(database.pool, {
        ...filter,
        conditions,
        sweep: sweep === undefined ? undefined : (z.uuid().safeParse(sweep).data ?? emptySweep),
        sort: sort?.replace(/^-/, ''),
        descending: sort?.startsWith('-'),
      });
      return { items: page.items.map(toExperimentView), next_cursor: page.next_cursor };
    },
  });

  app.get('/experiments/:id', {
    schema: { tags, params: idParams, response: { 200: experimentDetailSchema, ...problems } },
    handler: async ({ params }) => {
      const experiment = await experimentOf(params.id);
      const attempts = await listAttempts(database, experiment.id);
      const earlier = await earlierResult(database.pool, experiment);
      return { ...toExperimentView(experiment), attempts: attempts.map(toAttemptView), earlier };
    },
  });

  app.get('/experiments/:id/attempts', {
    schema: { tags, params: idParams, response: { 200: pageSchema(attemptViewSchema), ...problems } },
    handler: async ({ params }) => {
      await experimentOf(params.id);
      const attempts = await listAttempts(database, params.id);
      return { items: attempts.map(toAttemptView), next_cursor: null };
    },
  });

  app.delete('/experiments/:id', {
    schema: { tags, params: idParams, response: { 204: z.null(), ...problems } },
    handler: async ({ params }, reply) => {
      await experimentOf(params.id);
      const { id } = params;
      const outcome = await retryRolledBack(() => deleteExperiment(database.pool, id));
      if (outcome === 'missing') throw notFound('experiment', id);
      if (outcome === 'running') throw conflict(`experiment ${id} is running: cancel it first`);
      return reply.code(204).send(null);
    },
  });

  for (const [action, summary] of Object.entries(verbs) as [ExperimentAction, string][]) {
    app.post(`/experiments/:id/${action}`, {
      schema: { tags, summary, params: idParams, response: { 200: experimentViewSchema, ...problems } },
      handler: async ({ params }) => {
        const { id } = await experimentOf(params.id);
        const changed = await retryRolledBack(() => requestTransition(database.pool, id, action));
        // Whatever it was before: somebody else may have been faster.
        if (!changed) throw conflict(`experiment ${id} is ${(await experimentOf(id)).status}: it cannot ${action}`);
        kickRelay();
        return toExperimentView(changed);
      },
    });
  }
};

/** A sweep id that is none: the list is empty, as for any unknown one. */
const emptySweep = '00000000-0000-0000-0000-000000000000';
