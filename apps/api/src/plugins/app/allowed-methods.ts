import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../../answers/problem.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods of an address, in the order of their routes; none where nothing is there. */
    allowedMethods(url: string): string[];
  }
}

/** Knows which methods each address has, for answers to those that it has not. Before all routes. */
export const allowedMethods = fp(async (app: FastifyInstance) => {
  const routes: { readonly url: string; readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    routes.push({ url, pattern: patternOf(url), methods: [method].flat() });
  });
  app.decorate('allowedMethods', (url: string) => {
    const path = url.split('?')[0] as string;
    const fitting = routes.filter(({ pattern }) => pattern.test(path));
    // An address of its own (/experiments/resolve) is no id of another (/experiments/:id).
    const own = fitting.filter((route) => route.url === path);
    return [...new Set((own.length > 0 ? own : fitting).flatMap(({ methods }) => methods))];
  });
  // Before anybody looks at a body that comes along.
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    const { method, url } = request;
    const allowed = app.allowedMethods(url);
    // What has the method and is not found all the same is a file that is not there.
    if (allowed.length === 0 || allowed.includes(method)) return;
    reply.header('allow', allowed.join(', '));
    const detail = `${url.split('?')[0]} has no ${method}; it has ${allowed.join(', ')}`;
    throw new Problem(405, 'Method Not Allowed', detail);
  });
});

/** Of a route's address: `:name` is one part of the path, `*` the rest. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replace(/[.+?^$()[\]{}|\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}
