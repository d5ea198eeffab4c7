import { z } from 'zod';
import { experimentFields, hyperParameterFields } from './experiment-schema.ts';

const gridOf = Object.fromEntries(
  Object.entries(hyperParameterFields).map(([field, schema]) => [field, z.array(schema).min(1).max(100)]),
) as { [F in keyof typeof hyperParameterFields]: z.ZodArray<(typeof hyperParameterFields)[F]> };

/** The most cells one sweep may have. */
export const maxSweepCells = 2000;

/** Experiments on top of `base`: every combination of the grid's values, on each of `cells` where there are some. */
export const sweepRequestSchema = z.strictObject({
  name: z.string().min(1).max(200).nullable().optional().describe('a name for people'),
  base: z.record(z.string(), z.unknown()).default({}).describe('fields that all cells share'),
  cells: z
    .array(z.strictObject(hyperParameterFields).partial())
    .min(1)
    .max(maxSweepCells)
    .optional()
    .describe('combinations that no grid gives, such as a weight for each loss'),
  grid: z.strictObject(gridOf).partial().default({}).describe('values to combine'),
  strategy: z.literal('grid').default('grid').describe('how cells are chosen'),
  reuse: z
    .enum(['same_numerics', 'any'])
    .default('same_numerics')
    .describe('results to show instead of running a cell again: of this version of the code alone, or of any'),
  max_running: z
    .int()
    .min(1)
    .max(maxSweepCells)
    .nullable()
    .optional()
    .describe('how many of its experiments may run at once; null: as many as there are devices'),
  dry_run: z.boolean().default(false).describe('only plan: answer what it would cost, and store nothing'),
  force: z.boolean().default(false).describe('make new experiments even where the same config was run before'),
});
export type SweepRequest = z.infer<typeof sweepRequestSchema>;

/** Fields in which the experiments of a sweep may differ, those of `cells` first. */
export function sweptFields({ cells = [], grid = {} }: Pick<SweepRequest, 'cells'> & { grid?: object }): string[] {
  return [...new Set([...cells.flatMap((cell) => Object.keys(cell)), ...Object.keys(grid)])];
}

export const sweepKeys: readonly string[] = [...Object.keys(sweepRequestSchema.shape), ...experimentFields];
