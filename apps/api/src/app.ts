import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { answerConnectionProblem } from './answers/connection-problem.ts';
import type { AppDependencies } from './app-dependencies.ts';
import { access } from './plugins/app/access.ts';
import { allowedMethods } from './plugins/app/allowed-methods.ts';
import { jsonBody } from './plugins/app/json-body.ts';
import { page } from './plugins/app/page.ts';
import { problemDetails, sendError } from './plugins/app/problem-details.ts';
import { requestCounter } from './plugins/app/request-counter.ts';
import { sameSite } from './plugins/app/same-site.ts';
import { storableAddress } from './plugins/app/storable-address.ts';
import { bullBoard } from './plugins/external/bull-board.ts';
import { compression } from './plugins/external/compression.ts';
import { openapi } from './plugins/external/openapi.ts';
import { changeRoutes } from './routes/changes.ts';
import { checkpointRoutes } from './routes/checkpoints.ts';
import { datasetRoutes } from './routes/datasets.ts';
import { evaluationRoutes } from './routes/evaluations.ts';
import { eventRoutes } from './routes/events.ts';
import { experimentEditRoutes } from './routes/experiment-edits.ts';
import { experimentListRoutes } from './routes/experiment-list.ts';
import { experimentRoutes } from './routes/experiments.ts';
import { healthRoutes } from './routes/health.ts';
import { idRoutes } from './routes/ids.ts';
import { leftoverRoutes } from './routes/leftovers.ts';
import { logRoutes } from './routes/logs.ts';
import { metricRoutes } from './routes/metrics.ts';
import { reportRoutes } from './routes/reports.ts';
import { sessionRoutes } from './routes/session.ts';
import { studyRoutes } from './routes/studies.ts';
import { sweepSearchRoutes } from './routes/sweep-search.ts';
import { sweepRoutes } from './routes/sweeps.ts';
import { verificationRoutes } from './routes/verifications.ts';
import { workerRoutes } from './routes/workers.ts';

/** Bytes. A sweep of 2,000 cells is a few kB; nothing needs more than this. */
const bodyLimit = 1 << 20;

/** ms. A body of a megabyte over a slow line; who sends a byte a minute would hold a connection for ever. */
const requestTimeoutMs = 30_000;
/** ms. Headers are a few kB. */
const headersTimeoutMs = 15_000;
/** ms. How late a time limit may be noticed. */
const connectionsCheckingIntervalMs = 1_000;

/** Builds the app: routes and plugins, not connected to anything and not listening. The caller closes it. */
export async function buildApp(dependencies: AppDependencies): Promise<FastifyInstance> {
  const { basePath = '' } = dependencies;
  const app = Fastify({
    rewriteUrl: ({ url = '/' }) => withoutBasePath(url, basePath),
    logger: dependencies.logger ?? false,
    bodyLimit,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    requestTimeout: requestTimeoutMs,
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: connectionsCheckingIntervalMs },
    clientErrorHandler: answerConnectionProblem,
    frameworkErrors: sendError,
    routerOptions: { maxParamLength: 200 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(problemDetails);
  await app.register(allowedMethods);
  await app.register(sameSite, { allowedHosts: dependencies.allowedHosts ?? [] });
  await app.register(access, {
    database: dependencies.database,
    isAlwaysNeeded: dependencies.isKeyAlwaysNeeded ?? false,
  });
  await app.register(jsonBody);
  await app.register(storableAddress);
  await app.register(requestCounter);
  await app.register(compression);
  await app.register(openapi, { basePath });
  await app.register(page, { folder: dependencies.pageFolder ?? null, basePath });
  if (dependencies.boards) await app.register(bullBoard, { boards: dependencies.boards, basePath });
  const ofExperiments = [
    experimentListRoutes,
    experimentEditRoutes,
    experimentRoutes,
    metricRoutes,
    eventRoutes,
    logRoutes,
    idRoutes,
    checkpointRoutes,
    evaluationRoutes,
    verificationRoutes,
  ];
  for (const plugin of [
    ...ofExperiments,
    changeRoutes,
    sweepRoutes,
    sweepSearchRoutes,
    studyRoutes,
    reportRoutes,
    datasetRoutes,
    workerRoutes,
    leftoverRoutes,
    sessionRoutes,
    healthRoutes,
  ]) {
    await app.register(plugin, dependencies);
  }
  return app;
}

/** Some proxies take their path off before they pass a request on, others leave it. */
function withoutBasePath(url: string, basePath: string): string {
  const rest = url.startsWith(basePath) ? url.slice(basePath.length) : url;
  return rest.startsWith('/') ? rest : rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}
