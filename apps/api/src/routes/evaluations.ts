import { createHash } from 'node:crypto';
import {
  getExperiment,
  listEvaluationViews,
  readEvaluationDetail,
  readEvaluationEmbeddings,
  readThumbnail,
} from '@spherelab/db';
import { npyHeader } from '@spherelab/weight-files/npy';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { sendDownload } from '../answers/download.ts';
import { found, notFound } from '../answers/problem.ts';
import type { AppDependencies } from '../app-dependencies.ts';
import { evaluationDetailSchema, evaluationNormsSchema } from '../schemas/evaluation-view.ts';
import { pageSchema } from '../schemas/page-schema.ts';
import { problems } from '../schemas/problem-schema.ts';

const stepParams = z.object({ id: z.string(), step: z.coerce.number().int().min(0).max(2_147_483_647) });

/** What evaluations show beside their scores: norms, a map, neighbours and the pictures. */
export const evaluationRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database }) => {
  const tags = ['evaluations'];
  const experimentOf = (id: string) => found('experiment', id, (known) => getExperiment(database.pool, known));

  app.get('/experiments/:id/evaluations', {
    schema: {
      tags,
      summary: 'Histograms of embedding norms, one for each evaluation',
      params: z.object({ id: z.string() }),
      response: { 200: pageSchema(evaluationNormsSchema), ...problems },
    },
    handler: async ({ params }) => {
      const { id } = await experimentOf(params.id);
      const rows = await listEvaluationViews(database.pool, id);
      return {
        items: rows.map((row) => ({ ...row, norms: { ...row.norms, counts: [...row.norms.counts] } })),
        next_cursor: null,
      };
    },
  });

  app.get('/experiments/:id/evaluations/:step', {
    // Written by our own trainer and up to 150 kB: checking each number again would only take time.
    serializerCompiler: () => JSON.stringify,
    schema: { tags, params: stepParams, response: { 200: evaluationDetailSchema, ...problems } },
    handler: async ({ params }, reply) => {
      const { id } = await experimentOf(params.id);
      const detail = await readEvaluationDetail(database.pool, id, params.step);
      if (detail === null) throw notFound('stored view of evaluation', String(params.step));
      return reply.send({ step: params.step, ...detail } as never);
    },
  });

  app.get('/experiments/:id/evaluations/:step/embeddings.npy', {
    schema: { tags, summary: 'Raw embeddings of the images on the map, float32', params: stepParams },
    handler: async (request, reply) => {
      const { params } = request;
      const { id } = await experimentOf(params.id);
      const stored = await readEvaluationEmbeddings(database.pool, id, params.step);
      if (stored === null) throw notFound('stored embedding of evaluation', String(params.step));
      const fileName = `${id.slice(0, 8)}-${params.step}-embeddings.npy`;
      const file = Buffer.concat([npyHeader('<f4', [stored.rows, stored.dim]), stored.bytes]);
      return sendDownload(request, reply, {
        fileName,
        bytes: file.length,
        sha256: createHash('sha256').update(file).digest('hex'),
        read: ({ from, to }) => file.subarray(from, to),
      });
    },
  });

  app.get('/thumbnails/:sha256', {
    schema: { tags, params: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }), produces: ['image/webp'] },
    handler: async ({ params }, reply) => {
      const webp = await readThumbnail(database.pool, params.sha256);
      if (webp === null) throw notFound('thumbnail', params.sha256);
      // The address is the content: it never changes.
      return reply
        .type('image/webp')
        .header('cache-control', 'public, max-age=31536000, immutable')
        .send(Buffer.from(webp));
    },
  });
};
