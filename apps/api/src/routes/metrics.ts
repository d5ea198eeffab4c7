import { getExperiment, type MetricPoint, readMetrics } from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { found } from '../answers/problem.ts';
import type { AppDependencies } from '../app-dependencies.ts';
import { problems } from '../schemas/problem-schema.ts';

const step = z.coerce.number().int().min(0).max(2_147_483_647).optional();
const query = z.strictObject({
  name: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('metric names, repeated or separated by commas; all by default'),
  from_step: step,
  to_step: step,
  max_points: z.coerce.number().int().min(2).max(1_000_000).optional().describe('of one series; extremes are kept'),
  format: z.enum(['json', 'csv', 'ndjson']).default('json'),
});
const seriesSchema = z
  .object({
    series: z.array(
      z.object({
        name: z.string(),
        points: z.array(z.tuple([z.int(), z.number().nullable()])).describe('[step, value]; null is not a number'),
      }),
    ),
  })
  .meta({ id: 'MetricSeries' });

/** Measured values of an experiment. */
export const metricRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database }) => {
  app.get('/experiments/:id/metrics', {
    // Hundreds of thousands of numbers: checking each would take longer than reading them.
    serializerCompiler: () => JSON.stringify,
    schema: {
      tags: ['experiments'],
      params: z.object({ id: z.string() }),
      querystring: query,
      response: { 200: seriesSchema, ...problems },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const { name, from_step, to_step, max_points, format } = request.query;
      await found('experiment', id, (known) => getExperiment(database.pool, known));
      const names = name === undefined ? undefined : [name].flat().flatMap((list) => list.split(','));
      const points = await readMetrics(database.pool, id, {
        names,
        fromStep: from_step,
        toStep: to_step,
        maxPoints: max_points,
      });
      if (format === 'csv')
        return reply
          .type('text/csv')
          .serializer(String)
          .send(toCsv(points) as never);
      if (format === 'ndjson') {
        const lines = points.map((point) => `${JSON.stringify(point)}\n`).join('');
        return reply
          .type('application/x-ndjson')
          .serializer(String)
          .send(lines as never);
      }
      return { series: toSeries(points) };
    },
  });
};

function toSeries(points: readonly MetricPoint[]) {
  const series = new Map<string, [number, number | null][]>();
  for (const { name, step: at, value } of points) {
    const list = series.get(name) ?? [];
    list.push([at, Number.isFinite(value) ? value : null]);
    series.set(name, list);
  }
  return [...series].map(([name, list]) => ({ name, points: list }));
}

function toCsv(points: readonly MetricPoint[]): string {
  return `name,step,value\n${points.map(({ name, step: at, value }) => `${name},${at},${value}\n`).join('')}`;
}
