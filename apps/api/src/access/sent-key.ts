import type { FastifyRequest } from 'fastify';

export const keyCookie = 'spherelab_key';

/** The key that a request brings: a program in its Authorization header, the page in its cookie. */
export function sentKey({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const cookies = (headers.cookie ?? '').split(';').map((part) => part.trim());
  const own = cookies.find((part) => part.startsWith(`${keyCookie}=`));
  return own === undefined ? null : own.slice(keyCookie.length + 1);
}
