import { runStates } from '@spherelab/config';
import type { Sweep } from '@spherelab/db';
import { z } from 'zod';

/** What a sweep costs. */
export const sweepPlanSchema = z
  .object({
    cells: z.int(),
    updates_asked: z.int().describe('what its cells would make if each ran by itself'),
    updates_to_run: z
      .int()
      .describe(
        'what it adds: results that are there are shown, and cells that share their first updates make them once',
      ),
    seconds: z
      .number()
      .nullable()
      .describe(
        'of one device for that, evaluations included, at the pace of past runs of the same network and picture size; null where there are none',
      ),
  })
  .meta({ id: 'SweepPlan' });

/** A sweep as clients see it. */
export const sweepViewSchema = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    request: z.record(z.string(), z.unknown()).describe('base, grid and strategy as accepted'),
    total: z.int().describe('experiments that it shows'),
    counts: z.partialRecord(z.enum(runStates), z.int()).describe('experiments by state'),
    created_at: z.iso.datetime(),
    cancelled_at: z.iso.datetime().nullable(),
    grows: z.boolean().describe('more cells may follow: of successive halving, or those that a client asks for'),
    plan: sweepPlanSchema.nullable().describe('as of when it was posted; null for one of an earlier release'),
  })
  .meta({ id: 'Sweep' });
export type SweepView = z.infer<typeof sweepViewSchema>;

export function toSweepView(sweep: Sweep): SweepView {
  return {
    id: sweep.id,
    name: sweep.name,
    request: sweep.request,
    total: Object.values(sweep.counts).reduce((sum, count) => sum + count, 0),
    counts: sweep.counts,
    created_at: sweep.created_at.toISOString(),
    cancelled_at: sweep.cancelled_at?.toISOString() ?? null,
    grows: sweep.grows,
    plan: sweep.plan,
  };
}
