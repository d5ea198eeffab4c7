import { isSettled } from '@spherelab/config';
import { type Database, evaluationSteps, getExperiment, logLinesAfter, metricsAfter } from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { found } from '../answers/problem.ts';
import type { AppDependencies } from '../app-dependencies.ts';
import { toExperimentView } from '../schemas/experiment-view.ts';
import { type EventCursor, formatEvent, parseEventId } from '../streams/event-format.ts';
import { sendEventStream } from '../streams/event-stream.ts';
import { type Follower, openNews } from '../streams/news.ts';

/** With what a trainer holds back and a write takes, a measured value is told within a second. */
const defaultPollMs = 250;
/** Comments that keep proxies from closing a silent stream. */
const keepAliveMs = 15_000;
const batchSize = 5_000;

/**
 * A stream of what happens to an experiment (text/event-stream):
 * `status` the experiment and `evaluations` {steps} of those that can be shown, at first and whenever they changed;
 * `metrics` {points}; `log` a line; `end` when it is settled.
 * `Last-Event-ID` goes on where a stream broke off; after the end there is nothing more (204), so browsers stop asking.
 */
export const eventRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database, eventPollMs }) => {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  const news = openNews(database, eventPollMs ?? defaultPollMs);

  app.get('/experiments/:id/events', {
    schema: {
      tags: ['experiments'],
      params: z.object({ id: z.string() }),
      querystring: z.object({
        last_event_id: z.string().max(40).optional().describe('as the header, for a browser that opens a stream anew'),
      }),
      produces: ['text/event-stream'],
    },
    handler: async (request, reply) => {
      const { id } = await found('experiment', request.params.id, (known) => getExperiment(database.pool, known));
      const lastId = parseEventId(request.headers['last-event-id'] ?? request.query.last_event_id);
      const follower = news.follow(id);
      try {
        const events = follow(database, follower, id, lastId, closing.signal);
        const first = await events.next();
        if (first.done) return await reply.code(204).send();
        await sendEventStream(request, reply, events, first);
      } finally {
        follower.leave();
      }
    },
  });
};

/** Text of events as they happen. Ends after `end`; yields nothing where the client already has all of a settled experiment. */
async function* follow(
  database: Database,
  follower: Follower,
  id: string,
  lastId: EventCursor | null,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  let cursor = lastId ?? { seq: 0, logId: 0 };
  let shown = '';
  let shownSteps = '';
  let sentAt = performance.now();
  let begun = lastId === null;
  while (!signal.aborted) {
    // The row first: what was written before it was settled is then in what is read next.
    const experiment = await getExperiment(database.pool, id);
    const points = await metricsAfter(database.pool, id, cursor.seq, batchSize);
    const lines = await logLinesAfter(database.pool, id, cursor.logId, batchSize);
    const steps = JSON.stringify({ steps: await evaluationSteps(database.pool, id) });
    const more = points.length === batchSize || lines.length === batchSize;
    const ended = experiment === null || isSettled(experiment.status);
    if (!begun && ended && points.length === 0 && lines.length === 0) return;
    begun = true;
    let text = '';
    const view = experiment && JSON.stringify(toExperimentView(experiment));
    if (view && view !== shown) {
      text += formatEvent('status', view, cursor);
      shown = view;
    }
    if (steps !== shownSteps) {
      text += formatEvent('evaluations', steps, cursor);
      shownSteps = steps;
    }
    const lastPoint = points.at(-1);
    if (lastPoint) {
      cursor = { ...cursor, seq: lastPoint.seq };
      const list = points.map(({ name, step, value }) => ({
        name,
        step,
        value: Number.isFinite(value) ? value : null,
      }));
      text += formatEvent('metrics', JSON.stringify({ points: list }), cursor);
    }
    for (const line of lines) {
      cursor = { ...cursor, logId: line.id };
      text += formatEvent('log', JSON.stringify(line), cursor);
    }
    if (ended && !more) {
      yield `${text}${formatEvent('end', JSON.stringify({ status: experiment?.status ?? 'deleted' }), cursor)}`;
      return;
    }
    if (text === '' && performance.now() - sentAt > keepAliveMs) text = ': still here\n\n';
    if (text !== '') {
      sentAt = performance.now();
      yield text;
    }
    if (!more) await follower.changed(keepAliveMs, signal);
  }
}
