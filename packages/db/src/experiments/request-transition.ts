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
const stop = (action: 'cancel' | 'pause', to: string, from: string, which = 'id = $1', told = '*') => `
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

const requeue = (from: string, which = 'id = $1', told = '*') => `
  WITH changed AS (UPDATE experiment SET
    status = 'queued', status_reason = $2, stop_requested = NULL, retry_at = NULL, failures = 0,
    interruptions = 0, error = NULL,
    queued_at = now(), finished_at = NULL, updated_at = now()
  WHERE ${which} AND status IN (${from}) RETURNING *),
  told AS (INSERT INTO outbox (experiment_id) SELECT id FROM changed)
  SELECT ${told} FROM changed`;

const cancellable = `'queued', 'paused', 'running'`;
const statements: Readonly<Record<ExperimentAction, string>> = {
  cancel: stop('cancel', 'cancelled', cancellable),
  pause: stop('pause', 'paused', `'queued', 'running'`),
  resume: requeue(`'paused'`),
  retry: requeue(`'failed', 'cancelled'`),
};

/**
 * Cancels, pauses, resumes or retries. A running experiment is asked to stop; its worker honours that within one step.
 * @returns the row after the change, or null when there is none or its state does not allow it
 */
export async function requestTransition(
  client: Queryable,
  id: string,
  action: ExperimentAction,
): Promise<Experiment | null> {
  const { rows } = await client.query<Experiment>(statements[action], [id, reasons[action]]);
  return rows[0] ?? null;
}

// Rows are locked in order of id, as by all who lock several.
const ofSweep = (states: string) => `id IN (SELECT id FROM experiment WHERE status IN (${states})
  AND id IN (SELECT experiment_id FROM sweep_member WHERE sweep_id = $1)
  AND sweep_id IN (SELECT id FROM sweep WHERE id = $1 OR cancelled_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM sweep_member JOIN sweep ON sweep.id = sweep_member.sweep_id
    WHERE experiment_id = experiment.id AND sweep.id <> $1 AND sweep.cancelled_at IS NULL)
  ORDER BY id FOR UPDATE)`;
const running = `'queued', 'running'`;
/** Of a sweep its failed cells are retried; those that somebody cancelled were not wanted. */
const ofSweepStatements: Readonly<Record<ExperimentAction, string>> = {
  cancel: stop('cancel', 'cancelled', cancellable, ofSweep(cancellable), 'id'),
  pause: stop('pause', 'paused', running, ofSweep(running), 'id'),
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
 * Deletes an experiment with all that it wrote, unless it runs.
 * @returns missing: also where somebody else deleted it at the same time
 */
export async function deleteExperiment(client: Queryable, id: string): Promise<'deleted' | 'running' | 'missing'> {
  const { rowCount } = await client.query(`DELETE FROM experiment WHERE id = $1 AND status <> 'running'`, [id]);
  if (rowCount === 1) return 'deleted';
  const { rows } = await client.query('SELECT 1 FROM experiment WHERE id = $1', [id]);
  return rows.length === 1 ? 'running' : 'missing';
}
