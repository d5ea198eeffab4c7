import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { isKnownHost } from '../../access/known-host.ts';
import { Problem } from '../../answers/problem.ts';

type Options = { readonly allowedHosts: readonly string[] };

/**
 * Refuses what a page of another site sends through the user's browser, be it a change or a look. Browsers always name
 * the host, and the origin of what is not a plain look; programs name no origin and pass.
 */
export const sameSite = fp(async (app: FastifyInstance, { allowedHosts }: Options) => {
  app.addHook('onRequest', async (request) => {
    const { host, origin } = request.headers;
    const isKnown = (name: string) => isKnownHost(name, request.socket, allowedHosts);
    if (host !== undefined && !isKnown(host)) {
      throw new Problem(421, 'Misdirected Request', `${host} is no name of this server: ${howToAllow(host)}`);
    }
    if (origin !== undefined && !isKnown(hostOf(origin))) {
      throw new Problem(
        403,
        'Forbidden',
        `requests are not taken from pages of ${origin}: ${howToAllow(hostOf(origin))}`,
      );
    }
    if (isFromElsewhere(request)) {
      throw new Problem(403, 'Forbidden', 'requests are not taken from pages of other sites');
    }
  });
});

/** A link on a page of another site may still be followed. */
function isFromElsewhere({ method, headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== 'cross-site' && site !== 'same-site') return false;
  return !(method === 'GET' && headers['sec-fetch-mode'] === 'navigate');
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : origin;
}

function howToAllow(host: string): string {
  return `if it should be, put ${host} in SPHERELAB_ALLOWED_HOSTS`;
}
