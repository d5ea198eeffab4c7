import { z } from 'zod';
import { experimentFields, hyperParameterFields } from './experiment-schema.ts';
import { decidingMetric, searchSpaceSchema } from './search-space.ts';

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
  strategy: z
    .enum(['grid', 'random', 'asha', 'ask'])
    .default('grid')
    .describe(
      'how cells are chosen. grid: all combinations; random: drawn from space; asha: drawn from space, and only the best of each rung go on to more steps; ask: by the client, at /sweeps/{id}/ask',
    ),
  space: searchSpaceSchema.optional().describe('random and asha: what is drawn, for each combination of the grid'),
  samples: z.int().min(1).max(maxSweepCells).optional().describe('random and asha: how many are drawn'),
  draw_seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(0)
    .describe('random and asha: seed of the draws'),
  halving: z
    .strictObject({
      first_steps: z
        .int()
        .min(1)
        .max(1e7)
        .describe('steps of the first rung; each further one has `factor` times as many'),
      factor: z.int().min(2).max(10).default(3).describe('of so many at a rung, one goes on to the next'),
      metric: decidingMetric.default('recall_at_1').describe('of the last evaluation, the mean over seeds'),
    })
    .optional()
    .describe('asha: successive halving up to the steps of base, on validation classes, with the same seeds for all'),
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

/** What of a sweep says in which fields its experiments may differ; sweeps of before have less of it. */
type Sweeping = Pick<SweepRequest, 'cells'> & { grid?: object; space?: object | undefined; strategy?: unknown };

/** Fields in which the experiments of a sweep may differ, those of `cells` first. */
export function sweptFields({ cells = [], grid = {}, space = {}, strategy }: Sweeping): string[] {
  const rungs = strategy === 'asha' ? ['steps'] : [];
  return [
    ...new Set([...cells.flatMap((cell) => Object.keys(cell)), ...Object.keys(space), ...Object.keys(grid), ...rungs]),
  ];
}

export const sweepKeys: readonly string[] = [...Object.keys(sweepRequestSchema.shape), ...experimentFields];
