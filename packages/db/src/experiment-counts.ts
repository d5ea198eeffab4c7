import { type RunState, runStates } from '@spherelab/config';
import type { Database } from './database.ts';

/** Number of experiments in each state, zeros included. */
export async function countExperiments(database: Database): Promise<Record<RunState, number>> {
  const groups = await database.prisma.experiment.groupBy({ by: ['status'], _count: { _all: true } });
  const counts = new Map(groups.map((group) => [group.status as RunState, group._count._all]));
  return Object.fromEntries(runStates.map((state) => [state, counts.get(state) ?? 0])) as Record<RunState, number>;
}
