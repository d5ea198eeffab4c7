import { accessScopes, findAccessKey } from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { keyCookie, sentKey } from '../access/sent-key.ts';
import { tokenBuckets } from '../access/token-bucket.ts';
import { Problem } from '../answers/problem.ts';
import type { AppDependencies } from '../app-dependencies.ts';
import { problems } from '../schemas/problem-schema.ts';

const sessionSchema = z
  .object({
    key_needed: z.boolean(),
    name: z.string().nullable().describe('of the key that came along'),
    scope: z.enum(accessScopes).nullable(),
  })
  .meta({ id: 'Session' });
const guessRate = { atOnce: 20, perSecond: 0.5 } as const;
/** Not for scripts of the page, not for requests of other sites. */
const cookie = 'HttpOnly; SameSite=Strict; Path=/';
const aYearS = 31_536_000;

/** Who one is: the page logs in by a cookie, for neither pictures nor streams of events can send a header. */
export const sessionRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database }) => {
  const tags = ['session'];
  const guesses = tokenBuckets(guessRate.atOnce, guessRate.perSecond);

  app.get('/session', {
    schema: { tags, summary: 'Whether a key is needed, and whose came along', response: { 200: sessionSchema } },
    handler: async (request) => {
      const text = sentKey(request);
      const key = text === null ? null : await findAccessKey(database.pool, text);
      return { key_needed: await app.isKeyNeeded(), name: key?.name ?? null, scope: key?.scope ?? null };
    },
  });

  app.post('/session', {
    schema: {
      tags,
      summary: 'Logs a browser in',
      body: z.strictObject({ key: z.string().max(200) }).meta({ id: 'Login' }),
      response: { 200: sessionSchema, ...problems },
    },
    handler: async (request, reply) => {
      const waitS = guesses.take(request.ip);
      if (waitS > 0) {
        reply.header('retry-after', waitS);
        throw new Problem(429, 'Too Many Requests', `too many tries: ask again in ${waitS} s`);
      }
      const key = await findAccessKey(database.pool, request.body.key);
      if (key === null) throw new Problem(401, 'Unauthorized', 'this key opens nothing (any more)');
      const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
      reply.header('set-cookie', `${keyCookie}=${request.body.key}; Max-Age=${aYearS}; ${cookie}${secure}`);
      return { key_needed: true, name: key.name, scope: key.scope };
    },
  });

  app.delete('/session', {
    schema: { tags, summary: 'Logs a browser out', response: { 204: z.null() } },
    handler: async (_request, reply) =>
      reply.header('set-cookie', `${keyCookie}=; Max-Age=0; ${cookie}`).code(204).send(null),
  });
};
