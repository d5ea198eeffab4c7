import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { checkStorable } from '../../requests/storable-text.ts';

/** Refuses parameters that cannot be stored, so that no route needs to think of them. */
export const storableAddress = fp(async (app: FastifyInstance) => {
  app.addHook('preValidation', async ({ params, query }) => {
    checkStorable(params);
    checkStorable(query);
  });
});
