import { getExperiment, listVerifications, requestVerification, type Verification } from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { conflict, found } from '../answers/problem.ts';
import type { AppDependencies } from '../app-dependencies.ts';
import { pageSchema } from '../schemas/page-schema.ts';
import { problems } from '../schemas/problem-schema.ts';

const distanceSchema = z.object({
  compared: z.int(),
  differing: z.int(),
  largest: z.number().nullable().describe('largest absolute difference'),
  first: z.string().nullable().describe('the first that differs'),
});
const reportSchema = z.object({
  same_bits: z
    .boolean()
    .nullable()
    .describe('whether what was computed again has the stored bits; null: nothing could be'),
  findings: z.array(z.object({ what: z.string(), message: z.string() })).describe('what is not as it was'),
  notes: z.array(z.string()).describe('what differs from where the run was made, and need not be wrong'),
  stretches: z.array(
    z.object({
      from: z.int().describe('updates done'),
      to: z.int(),
      state: distanceSchema,
      metrics: distanceSchema,
      seconds: z.number(),
    }),
  ),
  environment: z.record(z.string(), z.unknown()),
});
const verificationSchema = z
  .object({
    id: z.string(),
    experiment_id: z.string(),
    stretch: z.enum(['random', 'all']),
    worker: z.string().nullable().describe('who does it, or did'),
    report: reportSchema.nullable().describe('null until it is done'),
    requested_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Verification' });

/** Verifications: whether a finished run can be computed again to the same bits. */
export const verificationRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database }) => {
  const tags = ['experiments'];
  const params = z.object({ id: z.string() });

  app.post('/experiments/:id/verify', {
    schema: {
      tags,
      summary: 'Asks a worker to compute a stretch of a finished run again and to compare it with what is stored',
      params,
      body: z
        .strictObject({
          stretch: z
            .enum(['random', 'all'])
            .default('random')
            .describe('one stretch between two checkpoints that are kept, or all'),
        })
        .nullish(),
      response: { 201: verificationSchema, ...problems },
    },
    handler: async (request, reply) => {
      const { id, status } = await found('experiment', request.params.id, (one) => getExperiment(database.pool, one));
      const verification = await requestVerification(database.pool, id, request.body?.stretch ?? 'random');
      if (verification === null)
        throw conflict(`experiment ${id} is ${status}: only one that succeeded can be verified`);
      return reply.code(201).send(toView(verification));
    },
  });

  app.get('/experiments/:id/verifications', {
    schema: { tags, params, response: { 200: pageSchema(verificationSchema), ...problems } },
    handler: async (request) => {
      const { id } = await found('experiment', request.params.id, (one) => getExperiment(database.pool, one));
      return { items: (await listVerifications(database.pool, id)).map(toView), next_cursor: null };
    },
  });
};

function toView(verification: Verification): z.infer<typeof verificationSchema> {
  return {
    ...verification,
    report: verification.report as z.infer<typeof reportSchema> | null,
    requested_at: verification.requested_at.toISOString(),
    finished_at: verification.finished_at?.toISOString() ?? null,
  };
}
