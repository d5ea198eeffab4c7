import type { RunState } from '@spherelab/config';
import type { Database, Queryable } from '../database.ts';
import { type CreatedCell, createExperiments, type NewExperiment } from '../experiments/create-experiments.ts';
import type { Experiment } from '../experiments/experiment-row.ts';
import { transitionExperimentsOf } from '../experiments/request-transition.ts';
import { CursorError, type Page, pageOf, readCursor, timeOfCursor } from '../page.ts';
import { retryRolledBack } from '../retry-rolled-back.ts';
import { planSweep, type SweepPlan } from './sweep-plan.ts';

/** A sweep and how its cells stand. */
export type Sweep = {
  readonly id: string;
  readonly name: string | null;
  /** as accepted: base, grid, strategy */
  readonly request: Readonly<Record<string, unknown>>;
  readonly created_at: Date;
  readonly cancelled_at: Date | null;
  /** what was planned when it was posted; null for one of a release that planned none */
  readonly plan: SweepPlan | null;
  /** more cells may follow */
  readonly grows: boolean;
  readonly counts: Readonly<Partial<Record<RunState, number>>>;
};

const withCounts = `SELECT sweep.id, sweep.name, request, sweep.created_at, cancelled_at, plan, grows, coalesce(counts, '{}') AS counts
  FROM sweep LEFT JOIN LATERAL (SELECT jsonb_object_agg(status, number) AS counts FROM (
    SELECT status, count(*) AS number FROM sweep_member JOIN experiment ON experiment.id = experiment_id
    WHERE sweep_member.sweep_id = sweep.id GROUP BY status) AS by_status) AS counted ON true`;

/**
 * Stores a sweep and all its cells, in the caller's transaction. Cells that already ran are shown, not run again; the
 * others share what they have in common.
 */
export async function createSweep(
  client: Queryable,
  request: {
    readonly name: string | null;
    readonly request: object;
    readonly maxRunning?: number | null;
    /** more cells may follow. Default: no */
    readonly grows?: boolean;
  },
  cells: readonly NewExperiment[],
): Promise<{ id: string; experiments: CreatedCell[]; plan: SweepPlan }> {
  const { rows } = await client.query<{ id: string }>(
    'INSERT INTO sweep (name, request, max_running, grows) VALUES ($1, $2, $3, $4) RETURNING id',
    [request.name, JSON.stringify(request.request), request.maxRunning ?? null, request.grows ?? false],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the sweep was not stored');
  const experiments = await createExperiments(client, cells, id);
  await client.query(
    `INSERT INTO sweep_member (sweep_id, position, experiment_id)
     SELECT $1, position - 1, experiment_id FROM unnest($2::uuid[]) WITH ORDINALITY AS cell(experiment_id, position)`,
    [id, experiments.map((cell) => cell.id)],
  );
  const plan = await planSweep(client, cells, experiments);
  await client.query('UPDATE sweep SET plan = $2 WHERE id = $1', [id, JSON.stringify(plan)]);
  return { id, experiments, plan };
}

export async function getSweep(client: Queryable, id: string): Promise<Sweep | null> {
  const { rows } = await client.query<Sweep>(`${withCounts} WHERE sweep.id = $1`, [id]);
  return rows[0] ?? null;
}

/** Newest first. @throws CursorError */
export async function listSweeps(client: Queryable, limit: number, cursor?: string): Promise<Page<Sweep>> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const { rows } = await client.query<Sweep>(
    `${withCounts} WHERE $1::timestamptz IS NULL OR (sweep.created_at, sweep.id) < ($1::timestamptz, $2::uuid)
     ORDER BY sweep.created_at DESC, sweep.id DESC LIMIT $3`,
    [timeOfCursor(after?.key), after?.id ?? null, limit + 1],
  );
  return pageOf(rows, limit, (row) => ({ key: row.created_at.toISOString(), id: row.id }));
}

// A config that fills two cells is there once, at the first of them.
const cells = `SELECT experiment.*, position FROM experiment JOIN (SELECT experiment_id, min(position) AS position
  FROM sweep_member WHERE sweep_id = $1 GROUP BY experiment_id) AS cell ON experiment.id = cell.experiment_id`;

/** The experiments of a sweep in grid order. A config that fills two cells is there once. */
export async function sweepExperiments(client: Queryable, id: string): Promise<Experiment[]> {
  const { rows } = await client.query<Experiment>(`${cells} ORDER BY position`, [id]);
  return rows;
}

/** A page of the same. @throws CursorError */
export async function listSweepExperiments(
  client: Queryable,
  id: string,
  limit: number,
  cursor?: string,
): Promise<Page<Experiment>> {
  const after = cursor === undefined ? -1 : Number(readCursor(cursor).key);
  if (!Number.isSafeInteger(after) || after > maxPosition) throw new CursorError();
  const { rows } = await client.query<Experiment & { position: number }>(
    `${cells} WHERE position > $2 ORDER BY position LIMIT $3`,
    [id, after, limit + 1],
  );
  return pageOf(rows, limit, (row) => ({ key: String(row.position), id: row.id }));
}

/** Of a Postgres int. */
const maxPosition = 2 ** 31 - 1;

/**
 * Cancels a sweep: what it, or another cancelled one, started and what has not ended. Experiments that were posted alone, or that
 * another sweep shows that is not cancelled, go on.
 * @returns how many were cancelled or asked to stop
 */
export async function cancelSweep(database: Database, id: string): Promise<number> {
  // Seen by others before the experiments are: of two sweeps cancelled at once, the second takes what both show.
  await database.pool.query(
    'UPDATE sweep SET cancelled_at = coalesce(cancelled_at, now()), grows = false WHERE id = $1',
    [id],
  );
  return retryRolledBack(() => transitionExperimentsOf(database.pool, id, 'cancel'));
}

/** Deletes a sweep; its runs stay. @returns false while one that it started has not ended: only the sweep can cancel them together */
export async function deleteSweep(client: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `DELETE FROM sweep WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM experiment
       WHERE sweep_id = $1 AND status IN ('queued', 'paused', 'running'))`,
    [id],
  );
  return rowCount === 1;
}
