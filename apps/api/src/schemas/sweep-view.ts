import { runStates } from '@spherelab/config';
import type { Sweep } from '@spherelab/db';
import { z } from 'zod';

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
  };
}
