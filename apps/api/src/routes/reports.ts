import { type PaperDataset, paperDatasets, paperLossNames, regularisers } from '@spherelab/catalogue';
import { experimentRequestSchema } from '@spherelab/config';
import { type Database, type Experiment, listExperiments } from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppDependencies } from '../app-dependencies.ts';
import { problems } from '../schemas/problem-schema.ts';
import { toldDifferenceSchema } from '../schemas/summary-schema.ts';
import { cellStatuses, paperReport } from '../tables/paper-report.ts';
import { reportAsCsv, reportAsMarkdown } from '../tables/render-report.ts';

const pageSize = 500;
const rate = z.number().nullable();
const reportedMetricSchema = z.object({
  paper: z.number(),
  n: z.int().describe('seeds whose last evaluation has this metric'),
  mean: rate,
  sd: rate,
  difference: rate.describe("ours minus the paper's"),
  ci95: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe('of our mean, by Student t, within 0 and 1; null for fewer than 2 seeds and for equal values'),
  best_on_test: z
    .object({ mean: z.number(), sd: rate })
    .nullable()
    .describe('at the evaluation with the highest recall_at_1: chosen on the test classes, so it flatters'),
});
const reportSchema = z
  .object({
    rows: z.array(
      z.object({
        dataset: z.enum(paperDatasets),
        loss: z.enum(paperLossNames),
        regulariser: z.enum(regularisers),
        request: experimentRequestSchema.describe('what to post to run this cell'),
        weight_source: z.string().nullable().describe('where the weight of SEC or L2-reg comes from'),
        status: z.enum(cellStatuses),
        n: z.int().describe("seeds that succeeded with exactly this cell's config"),
        seeds: z.array(z.int()),
        experiment_ids: z.array(z.string()),
        data_lists: z
          .array(z.string())
          .describe('sha256 of the image lists of these runs: one, if they are comparable'),
        numerics: z.array(z.string()).describe('versions of the code that made them; more than one: they are mixed'),
        metrics: z.record(z.string(), reportedMetricSchema),
        minus_plain: z
          .record(z.string(), toldDifferenceSchema)
          .describe('with the regulariser minus the same loss without, paired by seed; empty where nothing pairs'),
      }),
    ),
  })
  .meta({ id: 'PaperReport' });

/** Reports over all experiments. */
export const reportRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database }) => {
  app.get('/reports/paper', {
    schema: {
      tags: ['reports'],
      summary: 'The 48 cells of the published table beside what was run here; fractions 0..1',
      querystring: z.strictObject({ format: z.enum(['json', 'csv', 'md']).default('json') }),
      response: { 200: reportSchema, 400: problems[400] },
    },
    handler: async (request, reply) => {
      const experiments = await Promise.all(paperDatasets.map((dataset) => experimentsOf(database, dataset)));
      const rows = paperReport(experiments.flat());
      const sendText = (type: string, text: string) =>
        reply
          .type(type)
          .serializer(String)
          .send(text as never);
      const { format } = request.query;
      if (format === 'csv') return sendText('text/csv', reportAsCsv(rows));
      if (format === 'md') return sendText('text/markdown', reportAsMarkdown(rows));
      return reply
        .type('application/json')
        .serializer(JSON.stringify)
        .send({ rows } as never);
    },
  });
};

/** Every experiment of a data set, newest first. */
async function experimentsOf({ pool }: Database, dataset: PaperDataset): Promise<Experiment[]> {
  const experiments: Experiment[] = [];
  let cursor: string | undefined;
  do {
    const page = await listExperiments(pool, { dataset, limit: pageSize, cursor });
    experiments.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return experiments;
}
