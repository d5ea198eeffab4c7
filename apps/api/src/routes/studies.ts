import {
  createStudy,
  deleteStudy,
  endStudy,
  getStudy,
  inTransaction,
  listStudies,
  retryRolledBack,
  type StudyRow,
  secondsOfRuns,
  studyRuns,
} from '@spherelab/db';
import { nextOfStudy, type StudyPlan, studyBodySchema } from '@spherelab/studies';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { conflict, found } from '../answers/problem.ts';
import type { AppDependencies } from '../app-dependencies.ts';
import { resolveStudyRequest } from '../requests/resolve-study.ts';
import { pageQuery, pageSchema } from '../schemas/page-schema.ts';
import { problems } from '../schemas/problem-schema.ts';
import { studySummarySchema, studyViewSchema, toStudySummary, toStudyView } from '../schemas/study-view.ts';

const params = z.object({ id: z.string() });
const bodySchema = studyBodySchema.meta({ id: 'StudyRequest' });
const resolvedSchema = z
  .object({
    plan: z.record(z.string(), z.unknown()).describe('as it would be stored: arms and search written out'),
    runs_at_most: z.int().describe('trials of all arms, and pairs until the budget is spent'),
    seconds_at_most: z
      .number()
      .nullable()
      .describe(
        'of one device for these, at the pace of past runs of the same network and picture size; null where there are none',
      ),
  })
  .meta({ id: 'ResolvedStudy' });

/** Studies: a question, what it costs and what the answer is. */
export const studyRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, dependencies) => {
  const { database, kickPlanner, basePath = '' } = dependencies;
  const tags = ['studies'];
  const studyOf = (id: string) => found('study', id, (known) => getStudy(database.pool, known));
  const viewOf = async (study: StudyRow) => toStudyView(study, await studyRuns(database.pool, study.id));

  app.post('/studies', {
    validatorCompiler: () => (value) => ({ value }),
    schema: {
      tags,
      summary:
        'Asks a question: each arm is tuned with the same budget on validation classes, then runs with the same seeds as the first, until an anytime-valid test decides or the budget is spent. The plan is stored and hashed before the first run',
      body: bodySchema,
      response: {
        200: studyViewSchema.describe('the same question was asked before'),
        201: studyViewSchema,
        ...problems,
      },
    },
    handler: async (request, reply) => {
      const { study: asked } = await resolveStudyRequest(dependencies, request.body ?? {});
      const store = () => inTransaction(database, (client) => createStudy(client, asked));
      const { study, created } = await retryRolledBack(store);
      kickPlanner();
      return reply
        .code(created ? 201 : 200)
        .header('location', `${basePath}/studies/${study.id}`)
        .send(await viewOf(study));
    },
  });

  app.post('/studies/resolve', {
    validatorCompiler: () => (value) => ({ value }),
    schema: {
      tags,
      summary: 'Plans a question as POST /studies would, says what it costs at most, and stores nothing',
      body: bodySchema,
      response: { 200: resolvedSchema, ...problems },
    },
    handler: async (request) => {
      const { plan, runsAtMost, work } = await resolveStudyRequest(dependencies, request.body ?? {});
      const seconds = await secondsOfRuns(database.pool, work);
      return { plan: { ...plan }, runs_at_most: runsAtMost, seconds_at_most: seconds };
    },
  });

  app.get('/studies', {
    schema: {
      tags,
      querystring: z.strictObject(pageQuery),
      response: { 200: pageSchema(studySummarySchema), ...problems },
    },
    handler: async ({ query }) => {
      const page = await listStudies(database.pool, query.limit, query.cursor);
      return { items: page.items.map(toStudySummary), next_cursor: page.next_cursor };
    },
  });

  app.get('/studies/:id', {
    schema: { tags, params, response: { 200: studyViewSchema, ...problems } },
    handler: async (request) => viewOf(await studyOf(request.params.id)),
  });

  app.post('/studies/:id/cancel', {
    schema: {
      tags,
      params,
      summary: 'Ends a study without an answer; what it has queued or running is cancelled',
      response: { 200: studyViewSchema, ...problems },
    },
    handler: async (request) => {
      const study = await studyOf(request.params.id);
      const { state } = nextOfStudy(study.plan as unknown as StudyPlan, await studyRuns(database.pool, study.id));
      const end = { status: 'cancelled' as const, reason: 'cancelled by request', answer: state };
      if (!(await endStudy(database, study.id, end))) {
        const { status } = await studyOf(study.id);
        throw conflict(`study ${study.id} has ended (${status}); only one that is open can be cancelled`);
      }
      return viewOf(await studyOf(study.id));
    },
  });

  app.delete('/studies/:id', {
    schema: { tags, params, summary: 'Deletes a study; its runs stay', response: { 204: z.null(), ...problems } },
    handler: async (request, reply) => {
      const { id } = await studyOf(request.params.id);
      if (!(await deleteStudy(database.pool, id))) throw conflict(`study ${id} is open: cancel it first`);
      return reply.code(204).send(null);
    },
  });
};
