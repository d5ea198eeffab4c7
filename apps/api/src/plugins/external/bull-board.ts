import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { ExperimentQueue } from '@spherelab/queue';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

const prefix = '/admin/queues';

type Options = { readonly boards: ReturnType<ExperimentQueue['openBoards']>; readonly basePath: string };

/** BullMQ's board of jobs. What is trained is told by Postgres; this shows the queue, for whoever runs the server. */
export const bullBoard = fp(async (app: FastifyInstance, { boards, basePath }: Options) => {
  const adapter = new FastifyAdapter();
  createBullBoard({ queues: boards.map((queue) => new BullMQAdapter(queue)), serverAdapter: adapter });
  adapter.setBasePath(`${basePath}${prefix}`);
  // Its routes describe themselves without schemas that ours could compile.
  await app.register(adapter.registerPlugin(), { prefix });
});
