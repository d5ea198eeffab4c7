import {
  type AccessKey,
  accessScopes,
  type Database,
  findAccessKey,
  hasAccessKeys,
  writeAuditEntry,
} from '@spherelab/db';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { neededScope } from '../../access/needed-scope.ts';
import { sentKey } from '../../access/sent-key.ts';
import { tokenBuckets } from '../../access/token-bucket.ts';
import { Problem } from '../../answers/problem.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether a key is needed: once there is one. */
    isKeyNeeded(): Promise<boolean>;
    /** Whether somebody who was let in to read would be now: for answers that go on. */
    mayStillRead(request: FastifyRequest): Promise<boolean>;
  }
  interface FastifyRequest {
    accessKey: AccessKey | null;
  }
}

type Options = { readonly database: Database; readonly isAlwaysNeeded: boolean };

/** Requests of one key: the page asks some two a second, a script that posts a thousand runs waits half a minute. */
const keyRate = { atOnce: 300, perSecond: 30 } as const;
/** Wrong keys from one address. */
const guessRate = { atOnce: 20, perSecond: 0.5 } as const;
/** ms. How late the first key of all is noticed; a revoked one opens nothing from the next request on, and ends streams by the next event. */
const lookEveryMs = 1_000;

/** Lets in who has a key for what is asked, once there is a key or always; and writes down who changed what. */
export const access = fp(async (app: FastifyInstance, { database, isAlwaysNeeded }: Options) => {
  const keys = tokenBuckets(keyRate.atOnce, keyRate.perSecond);
  const guesses = tokenBuckets(guessRate.atOnce, guessRate.perSecond);
  let looked: { readonly at: number; readonly isNeeded: Promise<boolean> } | null = null;
  app.decorate('isKeyNeeded', () => {
    const at = performance.now();
    if (looked === null || at - looked.at > lookEveryMs) {
      const isNeeded = isAlwaysNeeded ? Promise.resolve(true) : hasAccessKeys(database.pool);
      // Not to be believed for longer than it takes to fail.
      isNeeded.catch(() => {
        looked = null;
      });
      looked = { at, isNeeded };
    }
    return looked.isNeeded;
  });
  app.decorate('mayStillRead', async (request: FastifyRequest) => {
    if (!(await app.isKeyNeeded())) return true;
    const text = sentKey(request);
    return text !== null && (await findAccessKey(database.pool, text)) !== null;
  });
  app.decorateRequest('accessKey', null);

  app.addHook('onRequest', async (request, reply) => {
    const needed = neededScope(request.method, pathOf(request));
    if (needed === null || !(await app.isKeyNeeded())) return;
    const text = sentKey(request);
    const key = text === null ? null : await findAccessKey(database.pool, text);
    if (key === null) {
      if (text !== null) slowDown(guesses.take(request.ip), reply);
      reply.header('www-authenticate', 'Bearer');
      const what = text === null ? 'a key is needed' : 'this key opens nothing (any more)';
      throw new Problem(401, 'Unauthorized', `${what}: send it as "Authorization: Bearer KEY", or spherelab login`);
    }
    request.accessKey = key;
    slowDown(keys.take(key.id), reply);
    if (accessScopes.indexOf(key.scope) < accessScopes.indexOf(needed)) {
      throw new Problem(403, 'Forbidden', `key ${key.name} is for ${key.scope} alone; this takes one for ${needed}`);
    }
  });

  app.addHook('onResponse', async (request, reply) => {
    const needed = neededScope(request.method, pathOf(request));
    if (needed === null || needed === 'read' || request.method === 'GET') return;
    const { accessKey, id, ip, method, url } = request;
    // What was refused changed nothing, and could fill the log; but a key that tried more than it may is worth a line.
    const isOfNote = reply.statusCode < 400 || (reply.statusCode === 403 && accessKey !== null);
    if (!isOfNote) return;
    await writeAuditEntry(database.pool, {
      key_id: accessKey?.id ?? null,
      who: accessKey?.name ?? ip,
      method,
      address: url.replaceAll('\0', '').slice(0, 500),
      status: reply.statusCode,
      request_id: id,
    }).catch((error: unknown) => request.log.error({ err: error }, 'what was changed could not be written down'));
  });
});

function pathOf({ url }: FastifyRequest): string {
  return url.split('?')[0] as string;
}

function slowDown(waitS: number, reply: FastifyReply): void {
  if (waitS === 0) return;
  reply.header('retry-after', waitS);
  throw new Problem(429, 'Too Many Requests', `too many requests: ask again in ${waitS} s`);
}
