import { setTimeout as delay } from 'node:timers/promises';
import { type Database, experimentsChangedSince } from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { AppDependencies } from '../app-dependencies.ts';
import { sendEventStream } from '../event-stream.ts';
import { toExperimentView } from '../schemas/experiment-view.ts';

const defaultPollMs = 500;
const keepAliveMs = 15_000;
/** A change is stamped when its transaction begins and seen when it ends: looks overlap by this much. */
const overlapMs = 5_000;
const batchSize = 200;

/**
 * A stream of changes of all experiments (text/event-stream): `experiment`, the experiment as it is now. It begins now and
 * `hello` says so: a list is read after that, and again after each reconnection.
 */
export const changeRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database, eventPollMs }) => {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());

  app.get('/events', {
    schema: { tags: ['experiments'], summary: 'Changes of all experiments, live', produces: ['text/event-stream'] },
    handler: async (request, reply) => {
      const events = changes(database, eventPollMs ?? defaultPollMs, closing.signal);
      await sendEventStream(request, reply, events, await events.next());
    },
  });
};

async function* changes(
  database: Database,
  pollMs: number,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  let { now: since } = await experimentsChangedSince(database.pool, null, 0);
  let told = new Map<string, string>();
  let sentAt = performance.now();
  yield 'event: hello\ndata: {}\n\n';
  while (!signal.aborted) {
    const { now, experiments } = await experimentsChangedSince(database.pool, since, batchSize);
    const complete = experiments.length < batchSize;
    const fresh = new Map<string, string>();
    let text = '';
    for (const experiment of experiments) {
      const view = JSON.stringify(toExperimentView(experiment));
      if (told.get(experiment.id) !== view) text += `event: experiment\ndata: ${view}\n\n`;
      fresh.set(experiment.id, view);
    }
    told = fresh;
    const last = experiments.at(-1)?.updated_at ?? now;
    since = complete ? new Date(Math.max(since.getTime(), now.getTime() - overlapMs)) : last;
    if (text === '' && performance.now() - sentAt > keepAliveMs) text = ': still here\n\n';
    if (text !== '') {
      sentAt = performance.now();
      yield text;
    }
    if (complete) await delay(pollMs, null, { signal }).catch(() => undefined);
  }
}
