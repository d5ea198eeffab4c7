import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

/** bytes. What is smaller fits into a packet or two either way. */
const threshold = 2_048;

/** Compresses lists and tables: two thousand experiments say the same 2,000 times. Downloads are weights, and events must not wait. */
export const compression = fp(async (app: FastifyInstance) => {
  await app.register(compress, {
    encodings: ['gzip'],
    threshold,
    customTypes: /^(application\/(problem\+)?json|text\/(csv|markdown|plain|html))/,
  });
});
