import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { contentSecurityPolicy } from '../../answers/content-security-policy.ts';
import { completeOpenapi } from '../../document/complete-openapi.ts';

type Document = Parameters<typeof completeOpenapi>[0];

/** Describes the routes at /openapi.json and, for people, at /docs; its files come from the package, not from the net. */
export const openapi = fp(async (app: FastifyInstance, { basePath }: { readonly basePath: string }) => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      ...(basePath === '' ? {} : { servers: [{ url: basePath }] }),
      info: {
        title: 'Spherelab',
        version: '0.1.0',
        description:
          'Job server for deep-metric-learning experiments. Errors are RFC 9457 problem details; rates are fractions 0..1.',
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (parts) => completeOpenapi(jsonSchemaTransformObject(parts) as Document) as never,
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    indexPrefix: basePath,
    staticCSP: true,
    transformStaticCSP: () => contentSecurityPolicy,
  });
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json').serializer(JSON.stringify).send(app.swagger()),
  );
});
