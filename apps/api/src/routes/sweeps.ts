import { sweepRequestSchema, sweptFields } from '@spherelab/config';
import {
  cancelSweep,
  createSweep,
  deleteSweep,
  getSweep,
  inTransaction,
  listSweeps,
  sweepExperiments,
} from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppDependencies } from '../app-dependencies.ts';
import { confidenceInterval } from '../confidence-interval.ts';
import { conflict, found } from '../problem.ts';
import { tableAsCsv, tableAsLatex, tableAsMarkdown } from '../render-table.ts';
import { resolveSweepRequest } from '../resolve-request.ts';
import { experimentViewSchema, toExperimentView } from '../schemas/experiment-view.ts';
import { pageQuery, pageSchema } from '../schemas/page-schema.ts';
import { problems } from '../schemas/problem-schema.ts';
import { sweepViewSchema, toSweepView } from '../schemas/sweep-view.ts';
import { type SweepTable, sweepTable } from '../sweep-table.ts';

const params = z.object({ id: z.string() });
const detailSchema = sweepViewSchema.extend({ experiments: z.array(experimentViewSchema) }).meta({ id: 'SweepDetail' });
const statisticSchema = z.object({
  n: z.int(),
  mean: z.number(),
  sd: z.number().nullable(),
  ci95: z.tuple([z.number(), z.number()]).nullable().describe('of the mean, by Student t; null for fewer than 2 seeds'),
});
const tableSchema = z
  .object({
    sweep_id: z.string(),
    at: z.enum(['best', 'last']),
    fields: z.array(z.string()),
    metrics: z.array(z.string()),
    rows: z.array(
      z.object({
        settings: z.record(z.string(), z.unknown()),
        total: z.int(),
        n: z.int(),
        experiment_ids: z.array(z.string()),
        metrics: z.record(z.string(), statisticSchema),
      }),
    ),
  })
  .meta({ id: 'SweepTable' });

/** Sweeps: grids of experiments and the table that they make. */
export const sweepRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, dependencies) => {
  const { database, kickRelay, basePath = '' } = dependencies;
  const tags = ['sweeps'];
  const sweepOf = (id: string) => found('sweep', id, (known) => getSweep(database.pool, known));

  app.post('/sweeps', {
    validatorCompiler: () => (value) => ({ value }),
    schema: {
      tags,
      summary: 'Queues every combination of a grid, on each of the cells; all are checked before any is stored',
      body: sweepRequestSchema.meta({ id: 'SweepRequest' }),
      response: { 201: detailSchema, ...problems },
    },
    handler: async (request, reply) => {
      const { sweep, cells } = await resolveSweepRequest(dependencies, request.body ?? {});
      const { name, ...rest } = sweep;
      const { id } = await inTransaction(database, (client) =>
        createSweep(client, { name: name ?? null, request: rest }, cells),
      );
      kickRelay();
      const experiments = await sweepExperiments(database.pool, id);
      const view = toSweepView(await sweepOf(id));
      return reply
        .code(201)
        .header('location', `${basePath}/sweeps/${id}`)
        .send({ ...view, experiments: experiments.map(toExperimentView) });
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
    schema: { tags, params, response: { 200: detailSchema, ...problems } },
    handler: async (request) => {
      const sweep = await sweepOf(request.params.id);
      const experiments = await sweepExperiments(database.pool, sweep.id);
      return { ...toSweepView(sweep), experiments: experiments.map(toExperimentView) };
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
        at: z
          .enum(['last', 'best'])
          .default('last')
          .describe('which evaluation of each run; best by recall_at_1, which is chosen on the images evaluated'),
      }),
      response: { 200: tableSchema, ...problems },
    },
    handler: async (request, reply) => {
      const sweep = await sweepOf(request.params.id);
      const { at, format } = request.query;
      const experiments = await sweepExperiments(database.pool, sweep.id);
      const table = sweepTable(experiments, sweptFields(sweep.request), at);
      const sendText = (type: string, text: string) =>
        reply
          .type(type)
          .serializer(String)
          .send(text as never);
      if (format === 'csv') return sendText('text/csv', tableAsCsv(table));
      if (format === 'md') return sendText('text/markdown', tableAsMarkdown(table));
      if (format === 'latex') return sendText('application/x-latex', tableAsLatex(table));
      return reply.serializer(JSON.stringify).send({ sweep_id: sweep.id, at, ...withIntervals(table) } as never);
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

function withIntervals(table: SweepTable) {
  const rows = table.rows.map((row) => {
    const metrics = Object.entries(row.metrics).map(
      ([name, statistic]) => [name, { ...statistic, ci95: confidenceInterval(statistic) }] as const,
    );
    return { ...row, metrics: Object.fromEntries(metrics) };
  });
  return { ...table, rows };
}
