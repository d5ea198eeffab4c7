import { lossNames } from '@spherelab/catalogue';
import { runStates } from '@spherelab/config';
import { type ExperimentFilter, listColumn, listColumnsText, readConditions, sortColumn } from '@spherelab/db';
import { z } from 'zod';
import { idPrefixSchema } from './id-prefix.ts';

/** Names of columns separated by commas. */
export const columnsSchema = z
  .string()
  .transform((text) => text.split(','))
  .pipe(
    z.array(z.string().refine((name) => listColumn(name) !== null, { error: `must be ${listColumnsText}` })).max(50),
  );

/** By what a list is sorted. */
export const orderQuery = {
  sort: z
    .string()
    .refine((sort) => sortColumn(sort.replace(/^-/, '')) !== null, {
      error: `must be ${listColumnsText}, but not notes or tags, with "-" before it for descending`,
    })
    .optional()
    .describe(`${listColumnsText}, but not notes or tags; "-" for descending; newest first by default`),
};

/** Which experiments of all. */
export const filterQuery = {
  status: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(runStates)))
    .optional()
    .describe(`one or more of ${runStates.join(', ')}, separated by commas`),
  dataset: z.string().optional(),
  loss: z.enum(lossNames).optional(),
  sweep: z.string().optional(),
  tag: z.string().optional(),
  q: z
    .string()
    .max(200)
    .optional()
    .describe(
      "words of what the page's list shows or of the notes, as 'shapes triplet SEC', or the beginning of an id",
    ),
  filter: z
    .string()
    .max(2_000)
    .transform((text, context) => {
      try {
        return readConditions(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .optional()
    .describe('conditions separated by commas, as sec_wei>0,lr=0.001,recall_at_1>=0.4; names as for sort'),
  ids: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(idPrefixSchema).max(500))
    .optional()
    .describe('these alone: ids or their first characters, separated by commas'),
};
const filterSchema = z.object(filterQuery);

/** A sweep id that is none: the list is empty, as for any unknown one. */
const emptySweep = '00000000-0000-0000-0000-000000000000';

/** The filter that a query asks for. */
export function toFilter(query: z.infer<typeof filterSchema>): ExperimentFilter {
  const { status, dataset, loss, tag, q, ids, filter: conditions } = query;
  const sweep = query.sweep === undefined ? undefined : (z.uuid().safeParse(query.sweep).data ?? emptySweep);
  return { status, dataset, loss, tag, q, ids, conditions, sweep };
}

/** The order that a query asks for. */
export function toOrder(sort: string | undefined) {
  return { sort: sort?.replace(/^-/, ''), descending: sort?.startsWith('-') };
}
