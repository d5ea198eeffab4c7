import { Readable } from 'node:stream';
import {
  type Checkpoint,
  getCheckpoint,
  getExperiment,
  listCheckpoints,
  pinCheckpoint,
  readCheckpointContent,
} from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { sendDownload } from '../answers/download.ts';
import { found } from '../answers/problem.ts';
import type { AppDependencies } from '../app-dependencies.ts';
import { pageSchema } from '../schemas/page-schema.ts';
import { problems } from '../schemas/problem-schema.ts';

const checkpointViewSchema = z
  .object({
    id: z.string(),
    experiment_id: z.string(),
    attempt: z.int(),
    step: z.int().describe('updates done'),
    kind: z.enum(['latest', 'best', 'final', 'branch']),
    bytes: z.int(),
    sha256: z.string().describe('of the file, hex'),
    weights_sha256: z.string().describe('of all weights as little-endian float32, hex'),
    pinned: z.boolean().describe('kept whatever comes after it'),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Checkpoint' });

/** Checkpoints: what there is, and the bytes. */
export const checkpointRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database }) => {
  const tags = ['checkpoints'];
  const params = z.object({ id: z.string() });

  app.get('/experiments/:id/checkpoints', {
    schema: { tags, params, response: { 200: pageSchema(checkpointViewSchema), ...problems } },
    handler: async (request) => {
      const { id } = await found('experiment', request.params.id, (known) => getExperiment(database.pool, known));
      const checkpoints = await listCheckpoints(database.pool, id);
      return { items: checkpoints.map(toView), next_cursor: null };
    },
  });

  app.get('/checkpoints/:id/download', {
    schema: { tags, params, produces: ['application/octet-stream'] },
    handler: async (request, reply) => {
      const checkpoint = await found('checkpoint', request.params.id, (id) => getCheckpoint(database.pool, id));
      return sendDownload(request, reply, {
        fileName: fileName(checkpoint),
        bytes: checkpoint.bytes,
        sha256: checkpoint.sha256,
        read: (range) => Readable.from(readCheckpointContent(database, checkpoint, range), { objectMode: false }),
      });
    },
  });

  for (const [verb, pinned] of [
    ['pin', true],
    ['unpin', false],
  ] as const) {
    app.post(`/checkpoints/:id/${verb}`, {
      schema: {
        tags,
        summary: pinned
          ? 'Keeps a checkpoint whatever comes after it'
          : 'Lets a checkpoint go: the next one of its kind replaces it',
        params,
        response: { 200: checkpointViewSchema, ...problems },
      },
      handler: async (request) =>
        toView(await found('checkpoint', request.params.id, (id) => pinCheckpoint(database.pool, id, pinned))),
    });
  }
};

function toView(checkpoint: Checkpoint): z.infer<typeof checkpointViewSchema> {
  return { ...checkpoint, created_at: checkpoint.created_at.toISOString() };
}

function fileName({ experiment_id, kind, step }: Checkpoint): string {
  return `${experiment_id.slice(0, 8)}-${kind}-${step}.checkpoint`;
}
