import type { ExperimentConfig } from '@spherelab/config';
import type { Queryable } from '../database.ts';
import type { CreatedCell, NewExperiment } from '../experiments/create-experiments.ts';
import { type PlannedCell, planCells } from './planned-cells.ts';
import { recentPaces } from './recent-paces.ts';
import { writeStages } from './write-stages.ts';

/** What a sweep costs, as far as is known when it is posted. */
export type SweepPlan = {
  readonly cells: number;
  /** what its cells would make if each ran by itself */
  readonly updates_asked: number;
  /** what is left where results are there already, and cells share what they have in common */
  readonly updates_to_run: number;
  /** of one device for that, evaluations included, at the pace of past runs; null where there are none like it */
  readonly seconds: number | null;
};

/**
 * Plans how the new cells of a sweep share what they have in common, and writes that to their rows, in the transaction that made
 * them. Forced cells share nothing: they are there to be computed again.
 */
export async function planSweep(
  client: Queryable,
  inputs: readonly NewExperiment[],
  made: readonly CreatedCell[],
): Promise<SweepPlan> {
  const cells = inputs.map(
    (input, index): PlannedCell => ({
      id: made[index]?.id as string,
      input,
      // Where nobody has seen the data set, as many as a run makes unless an epoch ends with its last step.
      updates: input.course?.updates ?? input.config.steps + 1,
      isNew: made[index]?.created === true,
    }),
  );
  const stages = await planCells(client, cells);
  await writeStages(client, cells, stages);
  const toRun = cells.map((cell, index) => (cell.isNew ? cell.updates - (stages[index]?.at ?? 0) : 0));
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return {
    cells: cells.length,
    updates_asked: sum(cells.map(({ updates }) => updates)),
    updates_to_run: sum(toRun),
    seconds: await secondsOfRuns(
      client,
      cells.map(({ input }, index) => ({ config: input.config, updates: toRun[index] ?? 0 })),
    ),
  };
}

/** How long runs take on one device, evaluations included, at the pace of past runs. @returns null where there are none like some of them */
export async function secondsOfRuns(
  client: Queryable,
  work: readonly { readonly config: ExperimentConfig; readonly updates: number }[],
): Promise<number | null> {
  const paceOf = await recentPaces(client);
  let seconds = 0;
  for (const { config, updates } of work) {
    if (updates === 0) continue;
    const pace = paceOf(config);
    if (pace === null) return null;
    seconds += updates * pace;
  }
  return Math.round(seconds);
}
