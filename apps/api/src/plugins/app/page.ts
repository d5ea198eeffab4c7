import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { contentSecurityPolicy } from '../../answers/content-security-policy.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether an address that is no route is one of the page: a person opens it, and no resource of the API begins so. */
    isPageAddress(request: FastifyRequest): boolean;
    sendPage(reply: FastifyReply): Promise<FastifyReply>;
  }
}

type Options = { readonly folder: string | null; readonly basePath: string };

/**
 * index.html names its files beside itself, but it is sent for addresses of any depth; and the page has to know under which path a
 * proxy serves it.
 */
function placed(html: string, basePath: string): string {
  const told = basePath === '' ? '' : `<meta name="base-path" content="${basePath}" />`;
  return html.replaceAll('="./assets/', `="${basePath}/assets/`).replace('</head>', `${told}</head>`);
}

/**
 * Serves the built page: index.html at / and at every address that only the page knows, its hashed files at /assets with
 * a year of cache. `folder` null: no page.
 */
export const page = fp(async (app: FastifyInstance, { folder, basePath }: Options) => {
  const resources = new Set<string>();
  app.addHook('onRoute', ({ url }) => {
    resources.add(firstSegment(url));
  });
  app.decorate('isPageAddress', ({ method, url, headers }: FastifyRequest) => {
    const asksForPage = (method === 'GET' || method === 'HEAD') && (headers.accept ?? '').includes('text/html');
    return folder !== null && asksForPage && !resources.has(firstSegment(url));
  });
  app.decorate('sendPage', async (reply: FastifyReply) => {
    const html = placed(await readFile(path.join(folder ?? '', 'index.html'), 'utf8'), basePath);
    return reply
      .code(200)
      .type('text/html; charset=utf-8')
      .headers({
        'cache-control': 'no-cache',
        'content-security-policy': contentSecurityPolicy,
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      })
      .send(html);
  });
  if (folder === null) return;
  app.get('/', { schema: { hide: true } }, async (_request, reply) => app.sendPage(reply));
  await app.register(fastifyStatic, {
    root: path.join(folder, 'assets'),
    prefix: '/assets/',
    decorateReply: false,
    index: false,
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
    schemaHide: true,
  });
});

function firstSegment(url: string): string {
  return url.split(/[/?]/)[1] ?? '';
}
