import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../../problem.ts';

/** Refuses changes that a page of another site sends through the user's browser; programs send no such header. */
export const sameSite = fp(async (app: FastifyInstance) => {
  app.addHook('onRequest', async (request) => {
    const safe = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
    if (!safe && request.headers['sec-fetch-site'] === 'cross-site') {
      throw new Problem(403, 'Forbidden', 'changes are not taken from pages of other sites');
    }
  });
});
