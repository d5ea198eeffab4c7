import { experimentRequestSchema } from '@spherelab/config';
import {
  createExperiment,
  deleteExperiment,
  type ExperimentAction,
  earlierResult,
  getExperiment,
  listAttempts,
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
import { pageSchema } from '../schemas/page-schema.ts';
import { problems } from '../schemas/problem-schema.ts';

const idParams = z.object({ id: z.string() });
const postSchema = experimentRequestSchema
  .extend({ force: z.boolean().optional().describe('make a new one even where the same config exists') })
  .meta({ id: 'ExperimentRequest' });
const resolvedSchema = experimentViewSchema
  .pick({ config: true, sources: true, identity: true, provenance: true })
  .meta({ id: 'ResolvedExperiment' });
const verbs: Readonly<Record<ExperimentAction, string>> = {
  cancel: 'Cancels: at once, or within one step of a running experiment',
  pause: 'Pauses: a running experiment writes a checkpoint first',
  resume: 'Queues a paused experiment; it resumes from its checkpoint',
  retry: 'Queues a failed or cancelled experiment again',
};

/** Experiments one by one: post, look at, act on. */
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
      const { experiment, created } = await retryRolledBack(() => createExperiment(database.pool, input));
      if (created) kickRelay();
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
