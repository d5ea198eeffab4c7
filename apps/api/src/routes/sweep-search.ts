import { setTimeout as delay } from 'node:timers/promises';
import { ConfigError, isSettled, parseSweepRequest, repetitionsOf, runStates } from '@spherelab/config';
import {
  addSweepCells,
  type ExperimentAction,
  getSweep,
  type NewExperiment,
  type SweepCell,
  sweepCells,
  sweepExperiments,
  transitionSweep,
} from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { conflict, found } from '../answers/problem.ts';
import type { AppDependencies } from '../app-dependencies.ts';
import { halvingOf } from '../background/advance-sweeps.ts';
import { extendedSweep, sweepExtensionSchema } from '../requests/extend-sweep.ts';
import { resolveExperimentRequest, resolveSweepCells } from '../requests/resolve-request.ts';
import { problems } from '../schemas/problem-schema.ts';
import { sweepViewSchema, toSweepView } from '../schemas/sweep-view.ts';

const params = z.object({ id: z.string() });

const rungsSchema = z
  .object({
    rungs: z.array(
      z.object({
        rung: z.int(),
        steps: z.int(),
        size: z.int().describe('settings that it has in the end'),
        promoted: z.int().describe('how many of them are promoted to the next rung'),
        configs: z.array(
          z.object({
            settings: z.record(z.string(), z.unknown()),
            mean: z.number().nullable().describe('of the metric over seeds; null until its runs ended'),
            n: z.int(),
            failed: z.int(),
            state: z.enum(['waits', 'promoted', 'stopped', 'finished']),
            reason: z.string(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Rungs' });

const askSchema = z
  .strictObject({
    cells: z
      .array(z.record(z.string(), z.unknown()))
      .min(1)
      .max(100)
      .describe('fields of each experiment on top of the base of the sweep'),
  })
  .meta({ id: 'SweepAsk' });
const askedSchema = z
  .object({ items: z.array(z.object({ experiment_id: z.string() })).describe('one for each cell, in order') })
  .meta({ id: 'SweepAsked' });
const toldSchema = z
  .object({
    items: z.array(
      z.object({
        experiment_id: z.string(),
        status: z.enum(runStates),
        metrics: z
          .record(z.string(), z.number())
          .nullable()
          .describe('of its last evaluation; null where it did not succeed'),
        error: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'SweepTold' });

/** Seconds that a client may wait for the next run to end, and ms between two looks. */
const longestWait = 30;
const lookEveryMs = 250;

const verbs: Readonly<Record<Exclude<ExperimentAction, 'cancel'>, string>> = {
  pause: 'Pauses what is queued or running; a running experiment writes a checkpoint first',
  resume: 'Queues what is paused',
  retry: 'Queues what failed again, and nothing else',
};

/** Sweeps that grow: by successive halving, by more values, by what a client asks for. */
export const sweepSearchRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, dependencies) => {
  const { database, kickRelay } = dependencies;
  const tags = ['sweeps'];
  const sweepOf = (id: string) => found('sweep', id, (known) => getSweep(database.pool, known));

  for (const [action, summary] of Object.entries(verbs) as [keyof typeof verbs, string][]) {
    app.post(`/sweeps/:id/${action}`, {
      schema: { tags, params, summary, response: { 200: sweepViewSchema.extend({ changed: z.int() }), ...problems } },
      handler: async (request) => {
        const { id } = await sweepOf(request.params.id);
        const changed = await transitionSweep(database, id, action);
        kickRelay();
        return { ...toSweepView(await sweepOf(id)), changed };
      },
    });
  }

  app.post('/sweeps/:id/extend', {
    schema: {
      tags,
      params,
      summary: 'Adds values, seeds or draws to a sweep; only the cells that are new are run',
      body: sweepExtensionSchema,
      response: { 200: sweepViewSchema.extend({ added: z.int() }), ...problems },
    },
    handler: async (request) => {
      const sweep = await sweepOf(request.params.id);
      const shown = await sweepExperiments(database.pool, sweep.id);
      const extended = extendedSweep(sweep, request.body, shown);
      const known = new Set(shown.map(({ identity }) => identity));
      const cells = await resolveSweepCells(dependencies, extended);
      const added = cells.filter(({ identity }) => !known.has(identity));
      const { name: _, dry_run: __, ...stored } = extended;
      await add(sweep.id, added, stored);
      return { ...toSweepView(await sweepOf(sweep.id)), added: added.length };
    },
  });

  app.get('/sweeps/:id/rungs', {
    schema: {
      tags,
      params,
      summary: 'Successive halving: what each rung measured, what is promoted, and why the others stopped',
      response: { 200: rungsSchema, ...problems },
    },
    handler: async (request) => {
      const { id, request: asked } = await sweepOf(request.params.id);
      if (asked.strategy !== 'asha')
        throw conflict(`sweep ${id} has no rungs: its strategy is ${String(asked.strategy)}`);
      const sweep = parseSweepRequest(asked);
      const settings = repetitionsOf(sweep).map((one) => one.settings);
      const { rungs } = halvingOf(sweep, await sweepCells(database.pool, id));
      return {
        rungs: rungs.map((rung) => ({
          ...rung,
          configs: rung.configs.map(({ config, ...state }) => ({ settings: settings[config] ?? {}, ...state })),
        })),
      };
    },
  });

  app.post('/sweeps/:id/ask', {
    schema: {
      tags,
      params,
      summary:
        'Asks for cells that the client has chosen, such as an optimiser of its own; /sweeps/{id}/tell says how they ended',
      body: askSchema,
      response: { 200: askedSchema, ...problems },
    },
    handler: async (request) => {
      const { id, request: asked } = await sweepOf(request.params.id);
      if (asked.strategy !== 'ask')
        throw conflict(`sweep ${id} chooses its cells itself: only one of strategy ask takes some`);
      const sweep = parseSweepRequest(asked);
      const cells: NewExperiment[] = [];
      for (const cell of request.body.cells) {
        cells.push(await resolveExperimentRequest(dependencies, { ...sweep.base, ...cell, force: sweep.force }));
      }
      const {
        name: _,
        dry_run: __,
        ...stored
      } = parseSweepRequest({
        ...asked,
        cells: [...(sweep.cells ?? []), ...request.body.cells],
      });
      const ids = await add(id, cells, stored);
      return { items: ids.map((experiment) => ({ experiment_id: experiment })) };
    },
  });

  app.get('/sweeps/:id/tell', {
    schema: {
      tags,
      params,
      summary: 'Tells which of the experiments named have ended; waits for the first of them where none has',
      querystring: z.strictObject({
        ids: z
          .string()
          .max(1_000)
          .transform((text) => text.split(','))
          .describe('ids that the client waits for, separated by commas: some 27 of them'),
        wait: z.coerce.number().min(0).max(longestWait).default(0).describe('seconds to wait for one of them to end'),
      }),
      response: { 200: toldSchema, ...problems },
    },
    handler: async (request) => {
      const { id } = await sweepOf(request.params.id);
      const { ids, wait } = request.query;
      const deadlineMs = performance.now() + 1000 * wait;
      for (;;) {
        const cells = await sweepCells(database.pool, id, ids);
        const strangers = ids.filter((one) => !cells.some(({ experiment_id: known }) => known === one));
        if (strangers.length > 0) {
          throw new ConfigError([{ field: 'ids', value: strangers[0], reason: `is no experiment of sweep ${id}` }]);
        }
        const ended = cells.filter(({ status }) => isSettled(status));
        if (ended.length > 0 || performance.now() >= deadlineMs) return { items: ended.map(toTold) };
        await delay(lookEveryMs);
      }
    },
  });

  async function add(id: string, cells: readonly NewExperiment[], request: object): Promise<string[]> {
    const added = cells.map((cell) => ({ position: null, cell }));
    const ids = await addSweepCells(database, id, added, request);
    if (ids === null) throw conflict(`sweep ${id} is cancelled`);
    kickRelay();
    return ids;
  }
};

function toTold({ experiment_id, status, metrics, error }: SweepCell): z.infer<typeof toldSchema>['items'][number] {
  return { experiment_id, status, metrics, error };
}
