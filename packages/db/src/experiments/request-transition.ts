import type { Queryable } from '../database.ts';
import type { Experiment } from './experiment-row.ts';

/** What a user may ask of an experiment. */
export type ExperimentAction = 'cancel' | 'pause' | 'resume' | 'retry';

const reasons: Readonly<Record<ExperimentAction, string>> = {
  cancel: 'cancelled by request',
  pause: 'paused by request',
  resume: 'resumed by request',
  retry: 'retried by request',
};

// A running one keeps its status until its worker has stopped; a cancel outweighs a pause. The states come from the
// transition table (packages/config, run-states.ts); here they are what the row must still be in when the statement runs.
const stop = (action: 'cancel' | 'pause', to: string, from: string, which: string, told: string) => `
  WITH changed AS (UPDATE experiment SET
    status = CASE WHEN status = 'running' THEN status ELSE '${to}' END,
    status_reason = CASE WHEN status = 'running' THEN status_reason ELSE $2 END,
    stop_requested = CASE WHEN status <> 'running' THEN NULL WHEN stop_requested = 'cancel' THEN 'cancel' ELSE '${action}' END::stop_request,
    retry_at = NULL,
    finished_at = CASE WHEN status <> 'running' AND '${to}' = 'cancelled' THEN now() ELSE finished_at END,
    updated_at = now()
  WHERE ${which} AND status IN (${from}) RETURNING *),
  forgotten AS (DELETE FROM outbox USING changed WHERE experiment_id = changed.id AND changed.status <> 'running')
  SELECT ${told} FROM changed`;

const requeue = (from: string, which: string, told: string) => `
  WITH changed AS (UPDATE experiment SET
    status = 'queued', status_reason = $2, stop_requested = NULL, retry_at = NULL, failures = 0,
    interruptions = 0, error = NULL,
    queued_at = now(), finished_at = NULL, updated_at = now()
  WHERE ${which} AND status IN (${from}) RETURNING *),
  told AS (INSERT INTO outbox (experiment_id) SELECT id FROM changed)
  SELECT ${told} FROM changed`;

const cancellable = `'queued', 'paused', 'running'`;
const stoppable = `'queued', 'running'`;
const ended = `'failed', 'cancelled'`;
// Rows are locked in order of id, as by all who lock several.
const listed = (states: string) =>
  `id IN (SELECT id FROM experiment WHERE id = ANY($1::uuid[]) AND status IN (${states}) ORDER BY id FOR UPDATE)`;
const statements: Readonly<Record<ExperimentAction, string>> = {
  cancel: stop('cancel', 'cancelled', cancellable, listed(cancellable), '*'),
  pause: stop('pause', 'paused', stoppable, listed(stoppable), '*'),
  resume: requeue(`'paused'`, listed(`'paused'`), '*'),
  retry: requeue(ended, listed(ended), '*'),
};

/**
 * Cancels, pauses, resumes or retries. A running experiment is asked to stop; its worker honours that within one step.
 * @returns the rows after the change; of an id that is none, or whose state does not allow it, there is none
 */
export async function requestTransitions(
  client: Queryable,
  ids: readonly string[],
  action: ExperimentAction,
): Promise<Experiment[]> {
  const { rows } = await client.query<Experiment>(statements[action], [ids, reasons[action]]);
  return rows;
}

/** The same for one; null where nothing was changed. */
export async function requestTransition(
  client: Queryable,
  id: string,
  action: ExperimentAction,
): Promise<Experiment | null> {
  const [changed] = await requestTransitions(client, [id], action);
  return changed ?? null;
}

const ofSweep = (states: string) => `id IN (SELECT id FROM experiment WHERE status IN (${states})
  AND id IN (SELECT experiment_id FROM sweep_member WHERE sweep_id = $1)
  AND sweep_id IN (SELECT id FROM sweep WHERE id = $1 OR cancelled_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM sweep_member JOIN sweep ON sweep.id = sweep_member.sweep_id
    WHERE experiment_id = experiment.id AND sweep.id <> $1 AND sweep.cancelled_at IS NULL)
  ORDER BY id FOR UPDATE)`;
/** Of a sweep its failed cells are retried; those that somebody cancelled were not wanted. */
const ofSweepStatements: Readonly<Record<ExperimentAction, string>> = {
  cancel: stop('cancel', 'cancelled', cancellable, ofSweep(cancellable), 'id'),
  pause: stop('pause', 'paused', stoppable, ofSweep(stoppable), 'id'),
  resume: requeue(`'paused'`, ofSweep(`'paused'`), 'id'),
  retry: requeue(`'failed'`, ofSweep(`'failed'`), 'id'),
};

/**
 * Cancels, pauses, resumes or retries what a sweep started, or another that is cancelled, and whose state allows it; not what it
 * shows that others want.
 * @returns how many were changed or asked to stop
 */
export async function transitionExperimentsOf(
  client: Queryable,
  sweepId: string,
  action: ExperimentAction,
): Promise<number> {
  const { rowCount } = await client.query(ofSweepStatements[action], [sweepId, reasons[action]]);
  return rowCount ?? 0;
}

/**
 * Deletes experiments with all that they wrote, but for those that run.
 * @returns the ids that were deleted
 */
export async function deleteExperiments(client: Queryable, ids: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `DELETE FROM experiment WHERE id IN (SELECT id FROM experiment WHERE id = ANY($1::uuid[]) AND status <> 'running'
       ORDER BY id FOR UPDATE) AND status <> 'running' RETURNING id`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** @returns what became of one; missing: also where somebody else deleted it at the same time */
export async function deleteExperiment(client: Queryable, id: string): Promise<'deleted' | 'running' | 'missing'> {
  if ((await deleteExperiments(client, [id])).length === 1) return 'deleted';
  const { rows } = await client.query('SELECT 1 FROM experiment WHERE id = $1', [id]);
  return rows.length === 1 ? 'running' : 'missing';
}
