import { sweepRequestSchema, sweptFields } from '@spherelab/config';
import {
  cancelSweep,
  createSweep,
  deleteSweep,
  getSweep,
  inTransaction,
  listSweepExperiments,
  listSweeps,
  type Queryable,
  retryRolledBack,
  reusableResults,
  rolledBack,
  sweepExperiments,
} from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { conflict, found } from '../answers/problem.ts';
import type { AppDependencies } from '../app-dependencies.ts';
import { resolveSweepRequest } from '../requests/resolve-request.ts';
import { openTurnstile } from '../requests/turnstile.ts';
import { experimentViewSchema, toExperimentView } from '../schemas/experiment-view.ts';
import { pageQuery, pageSchema } from '../schemas/page-schema.ts';
import { problems } from '../schemas/problem-schema.ts';
import { summarySchema, toldDifferenceSchema } from '../schemas/summary-schema.ts';
import { sweepPlanSchema, sweepViewSchema, toSweepView } from '../schemas/sweep-view.ts';
import { pairsAsCsv, tableAsCsv, tableAsLatex, tableAsMarkdown } from '../tables/render-table.ts';
import { sweepTable } from '../tables/sweep-table.ts';

const params = z.object({ id: z.string() });
const settingsSchema = z.record(z.string(), z.unknown());
const pairSchema = z.object({
  field: z.string().describe('the one swept field in which the two rows differ'),
  baseline: settingsSchema.describe(
    'settings of the row with the value that is off (sec_wei 0, l2reg_wei 0), else the first',
  ),
  treatment: settingsSchema,
  metrics: z.record(z.string(), toldDifferenceSchema).describe('treatment minus baseline of the seeds that both have'),
});
const tableSchema = z
  .object({
    sweep_id: z.string(),
    at: z.enum(['best', 'last']),
    fields: z.array(z.string()),
    metrics: z.array(z.string()),
    rows: z.array(
      z.object({
        settings: settingsSchema,
        total: z.int(),
        n: z.int().describe('seeds (and folds) with a result; one that ran again counts once, with its newest run'),
        experiment_ids: z.array(z.string()),
        numerics: z.array(z.string()).describe('versions of the code that made its results'),
        data_sha256: z.array(z.string()).describe('contents of the data set as it was divided: each fold has its own'),
        mixed: z
          .boolean()
          .describe('several versions of the code, or several contents of the same images, made its results'),
        metrics: z.record(z.string(), summarySchema),
      }),
    ),
    pairs: z.array(pairSchema).describe('rows that differ in one field, beside the one with its baseline value'),
  })
  .meta({ id: 'SweepTable' });

const sweepPreviewSchema = z.object({ plan: sweepPlanSchema }).meta({ id: 'SweepPreview' });

/** Sweeps that are written at once; each holds a connection until it is, and some must be left for what takes a moment. */
const sweepsAtOnce = 2;

/** Sweeps: grids of experiments and the table that they make. */
export const sweepRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, dependencies) => {
  const { database, kickRelay, basePath = '' } = dependencies;
  const tags = ['sweeps'];
  const turnstile = openTurnstile(sweepsAtOnce);
  const sweepOf = (id: string) => found('sweep', id, (known) => getSweep(database.pool, known));

  app.post('/sweeps', {
    validatorCompiler: () => (value) => ({ value }),
    schema: {
      tags,
      summary:
        'Queues every combination of a grid, on each of the cells and of the draws; all are checked before any is stored, and cells that share their first updates make them once. They are listed at /sweeps/{id}/experiments',
      body: sweepRequestSchema.meta({ id: 'SweepRequest' }),
      response: { 200: sweepPreviewSchema, 201: sweepViewSchema, ...problems },
    },
    handler: async (request, reply) => {
      const { sweep, cells } = await resolveSweepRequest(dependencies, request.body ?? {});
      const { name, dry_run: isPreview, ...rest } = sweep;
      const grows = sweep.strategy === 'asha' || sweep.strategy === 'ask';
      const posted = { name: name ?? null, request: rest, maxRunning: sweep.max_running ?? null, grows };
      const store = async (client: Queryable) => {
        const results = sweep.reuse === 'any' && !sweep.force ? await reusableResults(client, cells) : [];
        const chosen = cells.map((cell, at) => ({ ...cell, reuses: results[at] ?? null }));
        return createSweep(client, posted, chosen);
      };
      const within = isPreview ? rolledBack : inTransaction;
      const { id, plan } = await turnstile(() => retryRolledBack(() => within(database, store)));
      if (isPreview) return reply.code(200).send({ plan });
      kickRelay();
      return reply
        .code(201)
        .header('location', `${basePath}/sweeps/${id}`)
        .send(toSweepView(await sweepOf(id)));
    },
  });

  app.get('/sweeps', {
    schema: {
      tags,
      querystring: z.strictObject(pageQuery),
      response: { 200: pageSchema(sweepViewSchema), ...problems },
    },
    handler: async ({ query }) => {
      const page = await listSweeps(database.pool, query.limit, query.cursor);
      return { items: page.items.map(toSweepView), next_cursor: page.next_cursor };
    },
  });

  app.get('/sweeps/:id', {
    schema: { tags, params, response: { 200: sweepViewSchema, ...problems } },
    handler: async (request) => toSweepView(await sweepOf(request.params.id)),
  });

  app.get('/sweeps/:id/experiments', {
    schema: {
      tags,
      summary: 'The experiments of a sweep in the order of its grid; a config that fills two cells is there once',
      params,
      querystring: z.strictObject(pageQuery),
      response: { 200: pageSchema(experimentViewSchema), ...problems },
    },
    handler: async ({ params: { id }, query }) => {
      const sweep = await sweepOf(id);
      const page = await listSweepExperiments(database.pool, sweep.id, query.limit, query.cursor);
      return { items: page.items.map(toExperimentView), next_cursor: page.next_cursor };
    },
  });

  app.delete('/sweeps/:id', {
    schema: { tags, params, summary: 'Deletes a sweep; its runs stay', response: { 204: z.null(), ...problems } },
    handler: async (request, reply) => {
      const { id } = await sweepOf(request.params.id);
      if (!(await deleteSweep(database.pool, id)))
        throw conflict(`sweep ${id} has runs that have not ended: cancel it first`);
      return reply.code(204).send(null);
    },
  });

  app.get('/sweeps/:id/table', {
    schema: {
      tags,
      params,
      querystring: z.strictObject({
        format: z.enum(['json', 'csv', 'md', 'latex']).default('json'),
        part: z
          .enum(['rows', 'pairs'])
          .default('rows')
          .describe('of CSV: the rows, or each row minus its baseline; the other formats have both'),
        at: z
          .enum(['last', 'best'])
          .default('last')
          .describe('which evaluation of each run; best by recall_at_1, which is chosen on the images evaluated'),
      }),
      response: { 200: tableSchema, ...problems },
    },
    handler: async (request, reply) => {
      const sweep = await sweepOf(request.params.id);
      const { at, format, part } = request.query;
      const experiments = await sweepExperiments(database.pool, sweep.id);
      const table = sweepTable(experiments, sweptFields(sweep.request), at);
      const sendText = (type: string, text: string) =>
        reply
          .type(type)
          .serializer(String)
          .send(text as never);
      if (format === 'csv') return sendText('text/csv', part === 'pairs' ? pairsAsCsv(table) : tableAsCsv(table));
      if (format === 'md') return sendText('text/markdown', tableAsMarkdown(table));
      if (format === 'latex') return sendText('application/x-latex', tableAsLatex(table));
      return reply
        .type('application/json')
        .serializer(JSON.stringify)
        .send({ sweep_id: sweep.id, at, ...table } as never);
    },
  });

  app.post('/sweeps/:id/cancel', {
    schema: { tags, params, response: { 200: sweepViewSchema.extend({ cancelled: z.int() }), ...problems } },
    handler: async (request) => {
      const { id } = await sweepOf(request.params.id);
      const cancelled = await cancelSweep(database, id);
      return { ...toSweepView(await sweepOf(id)), cancelled };
    },
  });
};
