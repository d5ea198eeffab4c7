import { type RunState, runStates } from '@spherelab/config';
import type { Database, Queryable } from './database.ts';
import { interruptedOften } from './experiments/retry-policy.ts';

/** Number of experiments in each state, zeros included. */
export async function countExperiments(database: Database): Promise<Record<RunState, number>> {
  const groups = await database.prisma.experiment.groupBy({ by: ['status'], _count: { _all: true } });
  const counts = new Map(groups.map((group) => [group.status as RunState, group._count._all]));
  return Object.fromEntries(runStates.map((state) => [state, counts.get(state) ?? 0])) as Record<RunState, number>;
}

/** Experiments not ended whose attempts are ended from outside again and again, without a new checkpoint. */
export async function countInterruptedOften(client: Queryable): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*) FROM experiment WHERE status IN ('queued', 'running') AND interruptions >= $1`,
    [interruptedOften],
  );
  return rows[0]?.count ?? 0;
}
