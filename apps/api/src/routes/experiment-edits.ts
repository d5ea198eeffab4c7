import { labelFields, mostTags } from '@spherelab/config';
import {
  type Database,
  deleteExperiments,
  type Experiment,
  editLabels,
  editTags,
  experimentStatuses,
  requestTransitions,
  retryRolledBack,
} from '@spherelab/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { found } from '../answers/problem.ts';
import type { AppDependencies } from '../app-dependencies.ts';
import { experimentViewSchema, toExperimentView } from '../schemas/experiment-view.ts';
import { problems } from '../schemas/problem-schema.ts';

const editSchema = z
  .strictObject({
    name: labelFields.name.optional(),
    notes: z.string().max(10_000).nullable().optional().describe('what is worth knowing about it, for people'),
    tags: labelFields.tags.optional().describe('instead of those that it has'),
  })
  .refine((edit) => Object.values(edit).some((value) => value !== undefined), {
    error: 'must have at least one of name, notes, tags',
  })
  .meta({ id: 'ExperimentEdit' });

const actions = ['cancel', 'pause', 'resume', 'retry', 'delete', 'tag', 'untag'] as const;
const bulkSchema = z
  .strictObject({
    action: z.enum(actions),
    ids: z.array(z.uuid()).min(1).max(500),
    tags: labelFields.tags.optional().describe('to add or to remove; with tag and untag alone'),
  })
  .refine(({ action, tags }) => action.endsWith('tag') === (tags !== undefined && tags.length > 0), {
    error: 'must be given with the actions tag and untag, and with no other',
    path: ['tags'],
  })
  .meta({ id: 'BulkRequest' });
const bulkAnswerSchema = z
  .object({
    changed: z.array(z.string()),
    unchanged: z.array(z.object({ id: z.string(), reason: z.string() })),
  })
  .meta({ id: 'BulkAnswer' });

/** Experiments: what people write on them, and one action on many. */
export const experimentEditRoutes: FastifyPluginAsyncZod<AppDependencies> = async (app, { database, kickRelay }) => {
  const tags = ['experiments'];

  app.patch('/experiments/:id', {
    schema: {
      tags,
      summary: 'Renames, annotates or tags; what is left out stays. None of it is part of what the experiment is',
      params: z.object({ id: z.string() }),
      body: editSchema,
      response: { 200: experimentViewSchema, ...problems },
    },
    handler: async ({ params, body }) => {
      const edit = { ...body, tags: body.tags && [...new Set(body.tags)] };
      const edited = await found('experiment', params.id, (id) => editLabels(database.pool, id, edit));
      return toExperimentView(edited);
    },
  });

  app.post('/experiments/bulk', {
    schema: {
      tags,
      summary: 'One action on many experiments; those that it does not suit are told and stay as they are',
      body: bulkSchema,
      response: { 200: bulkAnswerSchema, ...problems },
    },
    handler: async ({ body }) => {
      const ids = [...new Set(body.ids.map((id) => id.toLowerCase()))];
      const changed = new Set(await retryRolledBack(() => act(database, { ...body, ids })));
      if (changed.size > 0) kickRelay();
      const others = ids.filter((id) => !changed.has(id));
      const statuses = await experimentStatuses(database.pool, others);
      return {
        changed: [...changed],
        unchanged: others.map((id) => ({ id, reason: whyNot(body.action, statuses.get(id)) })),
      };
    },
  });
};

/** @returns the ids of those that were changed */
async function act({ pool }: Database, { action, ids, tags = [] }: z.infer<typeof bulkSchema>): Promise<string[]> {
  if (action === 'delete') return deleteExperiments(pool, ids);
  if (action === 'tag')
    return idsOf(await editTags(pool, ids, { add: [...new Set(tags)], remove: [], most: mostTags }));
  if (action === 'untag') return idsOf(await editTags(pool, ids, { add: [], remove: tags, most: mostTags }));
  return idsOf(await requestTransitions(pool, ids, action));
}

function idsOf(rows: readonly Experiment[]): string[] {
  return rows.map(({ id }) => id);
}

function whyNot(action: (typeof actions)[number], status: string | undefined): string {
  if (status === undefined) return 'there is none';
  if (action === 'tag') return `it would have more than ${mostTags} tags`;
  return action === 'delete' ? 'it is running: cancel it first' : `it is ${status}: it cannot ${action}`;
}
