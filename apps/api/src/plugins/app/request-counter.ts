import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

export type RequestCount = { readonly method: string; readonly route: string; readonly status: number; count: number };

declare module 'fastify' {
  interface FastifyInstance {
    /** answered requests by method, route and status, for /metrics */
    requestCounts: Map<string, RequestCount>;
  }
}

/** Counts answers; by route pattern, so that ids do not make endless series. */
export const requestCounter = fp(async (app: FastifyInstance) => {
  const counts = new Map<string, RequestCount>();
  app.decorate('requestCounts', counts);
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unknown';
    const key = `${method} ${route} ${reply.statusCode}`;
    const entry = counts.get(key) ?? { method, route, status: reply.statusCode, count: 0 };
    entry.count += 1;
    counts.set(key, entry);
  });
});
