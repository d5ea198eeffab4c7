import { ConfigError } from '@spherelab/config';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

/** Postgres stores neither NUL nor half of a surrogate pair, and fails on either wherever text comes to it. */
const unstorable = /[\0\p{Surrogate}]/u;

/** Refuses text that cannot be stored, in whatever part of a request it stands, so that no route needs to think of it. */
export const storableText = fp(async (app: FastifyInstance) => {
  app.addHook('preValidation', async ({ params, query, body }) => {
    for (const part of [params, query, body]) {
      const path = pathOfUnstorable(part);
      if (path === null) continue;
      const reason = 'must not contain NUL or half of a surrogate pair';
      throw new ConfigError([{ field: path.join('.') || 'body', value: valueAt(part, path), reason }]);
    }
  });
});

/** Where the first such text stands, be it a value or a key; null where there is none. Bodies are of bounded depth. */
function pathOfUnstorable(value: unknown): string[] | null {
  if (typeof value === 'string') return unstorable.test(value) ? [] : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, entry] of Object.entries(value)) {
    if (unstorable.test(key)) return [key];
    const rest = pathOfUnstorable(entry);
    if (rest !== null) return [key, ...rest];
  }
  return null;
}

function valueAt(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], root);
}
