import { setTimeout as delay } from 'node:timers/promises';
import { changePosition, type Database, type Experiment, experimentsChangedSince } from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { AppDependencies } from '../app-dependencies.ts';
import { toExperimentView } from '../schemas/experiment-view.ts';
import { sendEventStream } from '../streams/event-stream.ts';

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
  const begun = await changePosition(database.pool, 0);
  let position = begun;
  let told = new Map<string, string>();
  let sentAt = performance.now();
  yield 'event: hello\ndata: {}\n\n';
  while (!signal.aborted) {
    const seen = new Map<string, string>();
    const overlap = await changePosition(database.pool, overlapMs);
    for (let page: Experiment[] | null = null; page === null || page.length === batchSize; ) {
      let text = '';
      page = await experimentsChangedSince(database.pool, position, batchSize);
      for (const experiment of page) {
        position = { time: experiment.updated_at, id: experiment.id };
        const view = JSON.stringify(toExperimentView(experiment));
        seen.set(experiment.id, view);
        if (told.get(experiment.id) !== view) text += `event: experiment\ndata: ${view}\n\n`;
      }
      if (text !== '') {
        sentAt = performance.now();
        yield text;
      }
    }
    told = seen;
    position = overlap.time > begun.time ? overlap : begun;
    if (performance.now() - sentAt > keepAliveMs) {
      sentAt = performance.now();
      yield ': still here\n\n';
    }
    await delay(pollMs, null, { signal }).catch(() => undefined);
  }
}
