import { z } from 'zod';
import { experimentFields, hyperParameterFields } from './experiment-schema.ts';

const gridOf = Object.fromEntries(
  Object.entries(hyperParameterFields).map(([field, schema]) => [field, z.array(schema).min(1).max(100)]),
) as { [F in keyof typeof hyperParameterFields]: z.ZodArray<(typeof hyperParameterFields)[F]> };

/** A grid of experiments: every combination of the grid's values on top of `base`. */
export const sweepRequestSchema = z.strictObject({
  name: z.string().min(1).max(200).nullable().optional().describe('a name for people'),
  base: z.record(z.string(), z.unknown()).default({}).describe('fields that all cells share'),
  grid: z
    .strictObject(gridOf)
    .partial()
    .refine((grid) => Object.keys(grid).length > 0, 'must name at least one field')
    .describe('values to combine'),
  strategy: z.literal('grid').default('grid').describe('how cells are chosen'),
  force: z.boolean().default(false).describe('make new experiments even where the same config was run before'),
});
export type SweepRequest = z.infer<typeof sweepRequestSchema>;

export const sweepKeys: readonly string[] = [...Object.keys(sweepRequestSchema.shape), ...experimentFields];

/** The most cells one sweep may have. */
export const maxSweepCells = 2000;
