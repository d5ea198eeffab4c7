import { STATUS_CODES } from 'node:http';
import { ConfigError, type ConfigIssue } from '@spherelab/config';
import { CursorError, isTransientError } from '@spherelab/db';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { Problem } from '../../answers/problem.ts';

type ProblemBody = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly ConfigIssue[];
  readonly request_id?: string;
};

/** When to ask again of a database that restarts, or one whose connections are all taken. */
const retryAfterS = 2;

/** Answers every error as application/problem+json. What is our own fault tells a request id and nothing else. */
export const problemDetails = fp(async (app: FastifyInstance) => {
  app.setErrorHandler(async (error: FastifyError, request, reply) => sendError(error, request, reply));
  app.setNotFoundHandler(async (request, reply) => {
    if (app.isPageAddress(request)) return app.sendPage(reply);
    return sendProblem(reply, problemOf(404, `there is no ${request.method} ${request.url.split('?')[0]}`));
  });
});

/** The answer to an error, also where Fastify found no route to carry it. */
export function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const body = toProblem(error, request);
  if (body.status >= 500) request.log.error({ err: error }, 'request failed');
  if (body.status === 503) reply.header('retry-after', retryAfterS);
  return sendProblem(reply, body);
}

function sendProblem(reply: FastifyReply, body: ProblemBody): FastifyReply {
  return reply.code(body.status).type('application/problem+json').serializer(JSON.stringify).send(body);
}

function problemOf(status: number, detail: string): ProblemBody {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail };
}

/** What to do about it, where Fastify's own message does not say. */
const advice: Readonly<Record<string, (request: FastifyRequest) => string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ({ headers }) => `send application/json, not ${headers['content-type'] ?? 'no type'}`,
  FST_ERR_MAX_PARAM_LENGTH: () => 'a part of the address is longer than any id or name',
  FST_ERR_BAD_URL: () => 'the address is not a valid URL',
};

function toProblem(error: FastifyError, request: FastifyRequest): ProblemBody {
  const type = 'about:blank';
  if (error instanceof Problem) {
    const errors = error.errors.length > 0 ? { errors: error.errors } : {};
    return { type, title: error.title, status: error.status, detail: error.message, ...errors };
  }
  if (error instanceof ConfigError) return badRequest(error.message, error.issues);
  if (error instanceof CursorError) {
    const value = (request.query as { cursor?: unknown }).cursor;
    return badRequest(`cursor: ${error.message}`, [{ field: 'cursor', value, reason: error.message }]);
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const { message, issues } = new ConfigError(
      error.validation.map((issue) => toIssue(issue, request, error.validationContext)),
    );
    return badRequest(message, issues);
  }
  if (isTransientError(error)) {
    return { ...problemOf(503, 'the database is busy or away: ask again in a moment'), request_id: request.id };
  }
  const status = error.statusCode ?? 500;
  // Errors of Fastify itself about the request: body too large, no JSON, wrong media type.
  if (status < 500) return problemOf(status, advice[error.code]?.(request) ?? error.message);
  return { type, title: 'Internal Server Error', status: 500, request_id: request.id };
}

function badRequest(detail: string, errors: readonly ConfigIssue[]): ProblemBody {
  return { ...problemOf(400, detail), errors };
}

function toIssue(
  issue: { instancePath: string; message?: string | undefined; params?: Record<string, unknown> },
  request: FastifyRequest,
  context: string | undefined,
): ConfigIssue {
  const path = issue.instancePath.split('/').filter((part) => part !== '');
  const source: unknown = context === 'params' ? request.params : context === 'body' ? request.body : request.query;
  let value = source;
  for (const key of path) value = (value as Record<string, unknown> | undefined)?.[key];
  const unknownKeys = issue.params?.keys;
  if (path.length === 0 && Array.isArray(unknownKeys)) {
    const key = String(unknownKeys[0]);
    return { field: key, value: (source as Record<string, unknown>)[key], reason: 'is not known here' };
  }
  // A list in a query is one parameter.
  const field = context === 'querystring' ? path[0] : path.join('.');
  return { field: field || (context ?? 'request'), value, reason: issue.message ?? 'is not valid' };
}
