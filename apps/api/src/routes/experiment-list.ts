import { readMetricColumn, runStates } from '@spherelab/config';
import {
  type ExperimentGroup,
  experimentFacets,
  experimentValues,
  groupExperiments,
  type ListColumn,
  listColumn,
  listColumnsText,
  listExperiments,
  metricColumn,
} from '@spherelab/db';
import { summarize } from '@spherelab/statistics';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppDependencies } from '../app-dependencies.ts';
import { columnsSchema, filterQuery, orderQuery, toFilter, toOrder } from '../schemas/experiment-query.ts';
import { experimentViewSchema, toExperimentView } from '../schemas/experiment-view.ts';
import { pageQuery, pageSchema } from '../schemas/page-schema.ts';
import { problems } from '../schemas/problem-schema.ts';
import { csvLine } from '../tables/csv-line.ts';
import { rangeOf } from '../tables/metric-range.ts';

const counts = z.record(z.string(), z.int());
const statusCounts = z.partialRecord(z.enum(runStates), z.int());
const facetsSchema = z
  .object({ statuses: statusCounts, datasets: counts, losses: counts, tags: counts })
  .meta({ id: 'ExperimentFacets' });

const metricName = z
  .string()
  .refine((name) => metricColumn(name) !== null, { error: 'must be a metric, as recall_at_1 or best.nmi' })
  .default('recall_at_1');
const groupSchema = z.object({
  values: z.record(z.string(), z.unknown()).describe('what its experiments have in common, by column'),
  total: z.int(),
  statuses: statusCounts,
  n: z.int().describe('experiments that succeeded and have the metric: the figures are of these'),
  mean: z.number().nullable(),
  sd: z.number().nullable(),
  ci95: z.tuple([z.number(), z.number()]).nullable().describe('of the mean, by Student t; null for fewer than 2'),
  best: z.number().nullable().describe('the highest value'),
  best_id: z.string().nullable(),
});
const groupsSchema = z
  .object({
    by: z.array(z.string()),
    metric: z.string(),
    groups: z.array(groupSchema),
    truncated: z.boolean().describe('there are more groups than are told'),
  })
  .meta({ id: 'ExperimentGroups' });

const tableSchema = z
  .object({ columns: z.array(z.string()), rows: z.array(z.array(z.unknown())) })
  .meta({ id: 'ExperimentTable' });

/** Groups that an answer tells. */
const groupsTold = 500;
const defaultColumns =
  'id,name,status,dataset,loss,sec_wei,l2reg_wei,lr,lr_p,seed,steps,recall_at_1,map_at_r,nmi,f1,norm_cv,created_at,tags,notes';

/** Experiments as a list: filtered, sorted, grouped, as a table. */
export const experimentListRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database }) => {
  const tags = ['experiments'];

  app.get('/experiments/facets', {
    schema: {
      tags,
      summary: 'How many experiments there are by status, data set, loss and tag',
      response: { 200: facetsSchema },
    },
    handler: async () => experimentFacets(database.pool),
  });

  app.get('/experiments', {
    schema: {
      tags,
      querystring: z.strictObject({ ...filterQuery, ...orderQuery, ...pageQuery }),
      response: { 200: pageSchema(experimentViewSchema), ...problems },
    },
    handler: async ({ query }) => {
      const { sort, cursor, limit } = query;
      const page = await listExperiments(database.pool, { ...toFilter(query), ...toOrder(sort), cursor, limit });
      return { items: page.items.map(toExperimentView), next_cursor: page.next_cursor };
    },
  });

  app.get('/experiments/table', {
    schema: {
      tags,
      summary: 'All experiments that a filter finds, a row each; fractions 0..1',
      querystring: z.strictObject({
        columns: columnsSchema
          .prefault(defaultColumns)
          .describe(`separated by commas, in the order wanted: ${listColumnsText}`),
        format: z.enum(['json', 'csv']).default('json'),
        ...filterQuery,
        ...orderQuery,
      }),
      response: { 200: tableSchema, ...problems },
    },
    handler: async ({ query }, reply) => {
      const columns = query.columns.map(columnOf);
      const rows = await experimentValues(database.pool, { ...toFilter(query), ...toOrder(query.sort) }, columns);
      if (query.format === 'json') return { columns: query.columns, rows };
      const text = [query.columns, ...rows].map(csvLine).join('');
      return reply
        .type('text/csv')
        .serializer(String)
        .send(text as never);
    },
  });

  app.get('/experiments/groups', {
    schema: {
      tags,
      summary: 'Experiments grouped by the values of columns, with the mean of a metric',
      querystring: z.strictObject({
        by: columnsSchema.refine((names) => names.length <= 5, { error: 'must be 5 columns at most' }),
        metric: metricName.describe('as recall_at_1 (of the last evaluation) or best.recall_at_1'),
        ...filterQuery,
      }),
      response: { 200: groupsSchema, ...problems },
    },
    handler: async ({ query }) => {
      const { by, metric } = query;
      const asked = [by.map(columnOf), columnOf(metric), groupsTold + 1] as const;
      const groups = await groupExperiments(database.pool, toFilter(query), ...asked);
      return {
        by,
        metric,
        groups: groups.slice(0, groupsTold).map((group) => toGroupView(group, by, metric)),
        truncated: groups.length > groupsTold,
      };
    },
  });
};

function toGroupView(group: ExperimentGroup, by: readonly string[], metric: string): z.infer<typeof groupSchema> {
  const summary = summarize(group.measured, rangeOf(readMetricColumn(metric)?.metric ?? metric));
  return {
    values: Object.fromEntries(by.map((name, at) => [name, group.values[at]])),
    total: Object.values(group.statuses).reduce((sum, count) => sum + count, 0),
    statuses: group.statuses,
    n: group.measured.length,
    mean: summary?.mean ?? null,
    sd: summary?.sd ?? null,
    ci95: summary?.ci95 ? [...summary.ci95] : null,
    best: group.measured.length === 0 ? null : Math.max(...group.measured),
    best_id: group.best_id,
  };
}

/** Of a name that the schema has let through. */
function columnOf(name: string): ListColumn {
  const column = listColumn(name);
  if (column === null) throw new RangeError(`${name} is no column`);
  return column;
}
