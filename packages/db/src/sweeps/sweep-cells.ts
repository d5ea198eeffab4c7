import type { RunState } from '@spherelab/config';
import { type Database, inTransaction, type Queryable } from '../database.ts';
import { createExperiments, type NewExperiment } from '../experiments/create-experiments.ts';
import { outcomeColumns } from '../experiments/outcome-sql.ts';
import {
  type ExperimentAction,
  requestTransition,
  transitionExperimentsOf,
} from '../experiments/request-transition.ts';
import { retryRolledBack } from '../retry-rolled-back.ts';
import { planSweep } from './sweep-plan.ts';
import type { Sweep } from './sweeps.ts';

/** A cell of a sweep, and how its run stands. */
export type SweepCell = {
  readonly position: number;
  readonly experiment_id: string;
  readonly status: RunState;
  /** of its last evaluation; null until it succeeded */
  readonly metrics: Readonly<Record<string, number>> | null;
  readonly error: string | null;
};

/** Cells of a sweep in their order: all, or those of the experiments named. */
export async function sweepCells(
  client: Queryable,
  id: string,
  experimentIds: readonly string[] | null = null,
): Promise<SweepCell[]> {
  const { rows } = await client.query<SweepCell>(
    `SELECT position, experiment_id, status, ${outcomeColumns}
     FROM sweep_member JOIN experiment ON experiment.id = experiment_id
     WHERE sweep_member.sweep_id = $1 AND ($2::text[] IS NULL OR experiment_id::text = ANY($2)) ORDER BY position`,
    [id, experimentIds],
  );
  return rows;
}

/** Sweeps of a strategy to which more cells may be added, oldest first. */
export async function openSweeps(client: Queryable, strategy: string): Promise<Pick<Sweep, 'id' | 'request'>[]> {
  const { rows } = await client.query<Pick<Sweep, 'id' | 'request'>>(
    `SELECT id, request FROM sweep WHERE grows AND request->>'strategy' = $1 ORDER BY created_at, id`,
    [strategy],
  );
  return rows;
}

/** Cells to add, each at a place of its own; `null`: after all that are there. */
export type AddedCell = { readonly position: number | null; readonly cell: NewExperiment };

/**
 * Adds cells to a sweep that is not cancelled; where a place is taken already, it stays as it is, so that several may ask at once.
 * A run of before that was cancelled is queued again.
 * @param request replaces that of the sweep, where it says more than it did
 * @returns experiments by cell, in order; null where the sweep is cancelled or gone
 */
export async function addSweepCells(
  database: Database,
  id: string,
  added: readonly AddedCell[],
  request: object | null = null,
): Promise<string[] | null> {
  return retryRolledBack(() =>
    inTransaction(database, async (client) => {
      const { rowCount } = await client.query('SELECT 1 FROM sweep WHERE id = $1 AND cancelled_at IS NULL FOR UPDATE', [
        id,
      ]);
      if (rowCount !== 1) return null;
      if (request !== null)
        await client.query('UPDATE sweep SET request = $2 WHERE id = $1', [id, JSON.stringify(request)]);
      return queueCells(client, id, added);
    }),
  );
}

/**
 * Queues cells in the line of a sweep, in the caller's transaction: those that share a past wait for each other, a run of before that
 * was cancelled is queued again, any other is shown as it is.
 * @returns experiments by cell, in order
 */
export async function queueCells(
  client: Queryable,
  sweepId: string | null,
  added: readonly AddedCell[],
): Promise<string[]> {
  const cells = added.map(({ cell }) => cell);
  const created = await createExperiments(client, cells, sweepId);
  await planSweep(client, cells, created);
  const ids = created.map((cell) => cell.id);
  const placed = added.map(({ position }, at) => ({ position, id: ids[at] as string }));
  if (sweepId !== null) await placeInSweep(client, sweepId, placed);
  for (const { id, status, created: isNew } of created) {
    if (!isNew && status === 'cancelled') await requestTransition(client, id, 'retry');
  }
  return ids;
}

/**
 * Shows experiments in a sweep: at a place of their own, which stays as it is where it is taken; or (null) after all that are there,
 * unless they are among them.
 */
async function placeInSweep(
  client: Queryable,
  sweepId: string,
  placed: readonly { readonly position: number | null; readonly id: string }[],
): Promise<void> {
  await client.query(
    `WITH cell AS (SELECT * FROM unnest($2::int[], $3::uuid[]) WITH ORDINALITY AS cell(position, id, place)),
     fresh AS (SELECT DISTINCT ON (position, id) * FROM cell WHERE position IS NOT NULL OR NOT EXISTS (SELECT 1 FROM sweep_member
       WHERE sweep_id = $1 AND experiment_id = cell.id) ORDER BY position, id, place)
     INSERT INTO sweep_member (sweep_id, position, experiment_id)
     SELECT $1, coalesce(position, (SELECT coalesce(max(position), -1) FROM sweep_member WHERE sweep_id = $1) + place::int), id
     FROM fresh ON CONFLICT DO NOTHING`,
    [sweepId, placed.map(({ position }) => position), placed.map(({ id }) => id)],
  );
}

/** No more cells follow. */
export async function closeSweep(client: Queryable, id: string): Promise<void> {
  await client.query('UPDATE sweep SET grows = false WHERE id = $1', [id]);
}

/** Pauses, resumes or retries what a sweep started and whose state allows it. @returns how many */
export function transitionSweep(
  database: Database,
  id: string,
  action: Exclude<ExperimentAction, 'cancel'>,
): Promise<number> {
  return retryRolledBack(() => transitionExperimentsOf(database.pool, id, action));
}
