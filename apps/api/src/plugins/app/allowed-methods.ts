import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods of an address, in the order of their routes; none where nothing is there. */
    allowedMethods(url: string): string[];
  }
}

/** Knows which methods each address has, for answers to those that it has not. Before all routes. */
export const allowedMethods = fp(async (app: FastifyInstance) => {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: patternOf(url), methods: [method].flat() });
  });
  app.decorate('allowedMethods', (url: string) => {
    const path = url.split('?')[0] as string;
    return [...new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
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
