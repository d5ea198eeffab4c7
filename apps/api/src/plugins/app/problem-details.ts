import { ConfigError, type ConfigIssue } from '@spherelab/config';
import { CursorError } from '@spherelab/db';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { Problem } from '../../problem.ts';

type ProblemBody = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly ConfigIssue[];
  readonly request_id?: string;
};

/** Answers every error as application/problem+json. What is our own fault tells a request id and nothing else. */
export const problemDetails = fp(async (app: FastifyInstance) => {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const body = toProblem(error, request);
    if (body.status >= 500) request.log.error({ err: error }, 'request failed');
    return reply.code(body.status).type('application/problem+json').serializer(JSON.stringify).send(body);
  });
  app.setNotFoundHandler(async (request, reply) => {
    if (app.isPageAddress(request)) return app.sendPage(reply);
    const body: ProblemBody = {
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: `there is no ${request.method} ${request.url.split('?')[0]}`,
    };
    return reply.code(404).type('application/problem+json').serializer(JSON.stringify).send(body);
  });
});

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
    const issues = error.validation.map((issue) => toIssue(issue, request, error.validationContext));
    return badRequest(issues.map((issue) => `${issue.field}: ${issue.reason}`).join('; '), issues);
  }
  const status = error.statusCode ?? 500;
  // Errors of Fastify itself about the request: body too large, no JSON, wrong media type.
  if (status < 500) return { type, title: error.code ?? 'Bad Request', status, detail: error.message };
  return { type, title: 'Internal Server Error', status: 500, request_id: request.id };
}

function badRequest(detail: string, errors: readonly ConfigIssue[]): ProblemBody {
  return { type: 'about:blank', title: 'Bad Request', status: 400, detail, errors };
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
