import { ConfigError, parseSweepRequest, type SweepRequest, sweepRequestSchema } from '@spherelab/config';
import type { Experiment, Sweep } from '@spherelab/db';
import { z } from 'zod';

/** What may be added to a sweep: more values of its grid, such as seeds, or more draws. */
export const sweepExtensionSchema = z
  .strictObject({
    grid: sweepRequestSchema.shape.grid.unwrap().default({}).describe('values to add, by field'),
    samples: sweepRequestSchema.shape.samples.describe('random: how many are drawn in all; the first stay as they are'),
  })
  .meta({ id: 'SweepExtension' });
export type SweepExtension = z.infer<typeof sweepExtensionSchema>;

/**
 * The sweep as it would have been posted with the values added. A field that had one value so far, given or by preset, keeps it
 * beside those that are new.
 * @param experiments those that it shows
 * @throws ConfigError
 */
export function extendedSweep(
  { request }: Pick<Sweep, 'request'>,
  extension: SweepExtension,
  experiments: readonly Experiment[],
): SweepRequest {
  const sweep = parseSweepRequest(request);
  if (sweep.strategy !== 'grid' && sweep.strategy !== 'random') {
    refuse('strategy', sweep.strategy, 'cannot be extended; a grid and random draws can');
  }
  const { samples = sweep.samples } = extension;
  if ((samples ?? 0) < (sweep.samples ?? 0)) refuse('samples', samples, `must not be less than now (${sweep.samples})`);
  const grid: Record<string, readonly unknown[] | undefined> = { ...sweep.grid };
  const base = { ...sweep.base };
  for (const [field, values] of Object.entries(extension.grid)) {
    if (values === undefined) continue;
    const before = valuesOf(field, sweep, experiments);
    grid[field] = [...before, ...values.filter((value) => !before.some((one) => isSame(one, value)))];
    delete base[field];
  }
  return parseSweepRequest({ ...sweep, base, grid, ...(samples === undefined ? {} : { samples }) });
}

/** The values that a field has in a sweep so far. */
function valuesOf(field: string, sweep: SweepRequest, experiments: readonly Experiment[]): readonly unknown[] {
  const given = sweep.grid[field as keyof SweepRequest['grid']];
  if (given !== undefined) return given;
  if (field in sweep.base) return [sweep.base[field]];
  if (field in (sweep.space ?? {}) || (sweep.cells ?? []).some((cell) => field in cell)) {
    refuse(`grid.${field}`, undefined, 'is drawn, or differs by cell, and takes no values of a grid');
  }
  const found = experiments.map(({ config }) => (config as Readonly<Record<string, unknown>>)[field]);
  const [first] = found;
  if (first === undefined || !found.every((value) => isSame(value, first))) {
    refuse(
      `grid.${field}`,
      undefined,
      'differs among the cells by preset, so its present value cannot be one of the grid',
    );
  }
  return [first];
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function refuse(field: string, value: unknown, reason: string): never {
  throw new ConfigError([{ field, value, reason }]);
}
