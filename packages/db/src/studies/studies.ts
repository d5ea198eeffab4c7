import type { RunState } from '@spherelab/config';
import { type Database, inTransaction, type Queryable } from '../database.ts';
import type { NewExperiment } from '../experiments/create-experiments.ts';
import { outcomeColumns } from '../experiments/outcome-sql.ts';
import { transitionExperimentsOf } from '../experiments/request-transition.ts';
import { type Page, pageOf, readCursor, timeOfCursor } from '../page.ts';
import { retryRolledBack } from '../retry-rolled-back.ts';
import { queueCells } from '../sweeps/sweep-cells.ts';

export const studyStatuses = ['open', 'decided', 'undecided', 'failed', 'cancelled'] as const;
export type StudyStatus = (typeof studyStatuses)[number];

/** A study as stored; plan and answer are those of whoever plans studies. */
export type StudyRow = {
  readonly id: string;
  readonly name: string | null;
  readonly plan: Readonly<Record<string, unknown>>;
  readonly plan_sha256: string;
  readonly status: StudyStatus;
  readonly reason: string | null;
  readonly answer: Readonly<Record<string, unknown>> | null;
  readonly sweep_id: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly ended_at: Date | null;
};

/** What names a run within its study. */
export type StudyRunKey = {
  readonly phase: 'tune' | 'compare';
  readonly arm: string;
  readonly trial: number;
  readonly seed: number;
};

/** A run of a study, and how it stands. */
export type StudyRunRow = StudyRunKey & {
  readonly experiment_id: string;
  readonly status: RunState;
  readonly metrics: Readonly<Record<string, number>> | null;
  readonly error: string | null;
};

export type NewStudy = {
  readonly name: string | null;
  readonly plan: object;
  readonly planSha256: string;
  /** what the table of its runs shows: `cells` names the fields in which they differ */
  readonly sweep: { readonly name: string; readonly request: object };
};

export type NewStudyRun = { readonly key: StudyRunKey; readonly cell: NewExperiment };

/** Stores a question before any run of it is. @returns the stored one where the same plan was asked before */
export async function createStudy(
  client: Queryable,
  { name, plan, planSha256, sweep }: NewStudy,
): Promise<{ readonly study: StudyRow; readonly created: boolean }> {
  const { rows } = await client.query<StudyRow>(
    `INSERT INTO study (name, plan, plan_sha256) VALUES ($1, $2, $3) ON CONFLICT (plan_sha256) DO NOTHING RETURNING *`,
    [name, JSON.stringify(plan), planSha256],
  );
  const created = rows[0];
  if (created === undefined) {
    const known = await client.query<StudyRow>('SELECT * FROM study WHERE plan_sha256 = $1', [planSha256]);
    return { study: known.rows[0] as StudyRow, created: false };
  }
  const { rows: stored } = await client.query<StudyRow>(
    `WITH line AS (INSERT INTO sweep (name, request) VALUES ($2, $3) RETURNING id)
     UPDATE study SET sweep_id = line.id FROM line WHERE study.id = $1 RETURNING study.*`,
    [created.id, sweep.name, JSON.stringify(sweep.request)],
  );
  return { study: stored[0] as StudyRow, created: true };
}

export async function getStudy(client: Queryable, id: string): Promise<StudyRow | null> {
  const { rows } = await client.query<StudyRow>('SELECT * FROM study WHERE id = $1', [id]);
  return rows[0] ?? null;
}

/** Newest first. @throws CursorError */
export async function listStudies(client: Queryable, limit: number, cursor?: string): Promise<Page<StudyRow>> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const { rows } = await client.query<StudyRow>(
    `SELECT * FROM study WHERE $1::timestamptz IS NULL OR (created_at, id) < ($1::timestamptz, $2::uuid)
     ORDER BY created_at DESC, id DESC LIMIT $3`,
    [timeOfCursor(after?.key), after?.id ?? null, limit + 1],
  );
  return pageOf(rows, limit, (row) => ({ key: row.created_at.toISOString(), id: row.id }));
}

/** Studies that have not ended, oldest first; `is_cancelled`: the sweep that its runs are queued as was. */
export async function openStudies(client: Queryable): Promise<(StudyRow & { readonly is_cancelled: boolean })[]> {
  const { rows } = await client.query<StudyRow & { is_cancelled: boolean }>(
    `SELECT study.*, sweep.cancelled_at IS NOT NULL AS is_cancelled FROM study LEFT JOIN sweep ON sweep.id = sweep_id
     WHERE study.status = 'open' ORDER BY study.created_at, study.id`,
  );
  return rows;
}

/** The runs of a study in the order in which they were planned. */
export async function studyRuns(client: Queryable, id: string): Promise<StudyRunRow[]> {
  const { rows } = await client.query<StudyRunRow>(
    `SELECT phase, arm, trial, study_run.seed, experiment_id, status, ${outcomeColumns}
     FROM study_run JOIN experiment ON experiment.id = experiment_id
     WHERE study_id = $1 ORDER BY phase DESC, seed, trial, arm`,
    [id],
  );
  return rows;
}

/**
 * Queues runs of a study that is still open; those that are there already stay as they are, so that several may ask at once. A
 * run of before that was cancelled is queued again.
 * @returns false where the study is not open any more, and nothing was queued
 */
export async function launchStudyRuns(database: Database, id: string, runs: readonly NewStudyRun[]): Promise<boolean> {
  return retryRolledBack(() =>
    inTransaction(database, async (client) => {
      const { rows } = await client.query<{ sweep_id: string | null }>(
        `SELECT sweep_id FROM study WHERE id = $1 AND status = 'open' FOR UPDATE`,
        [id],
      );
      const study = rows[0];
      if (study === undefined) return false;
      const ids = await queueCells(
        client,
        study.sweep_id,
        runs.map(({ cell }) => ({ position: null, cell })),
      );
      await client.query(
        `INSERT INTO study_run (study_id, phase, arm, trial, seed, experiment_id)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::uuid[]) ON CONFLICT DO NOTHING`,
        [id, ...(['phase', 'arm', 'trial', 'seed'] as const).map((part) => runs.map(({ key }) => key[part])), ids],
      );
      return true;
    }),
  );
}

/**
 * Ends a study that is open, with its answer, and cancels what it has still queued or running.
 * @returns false where somebody else ended it first
 */
export async function endStudy(
  database: Database,
  id: string,
  end: { readonly status: Exclude<StudyStatus, 'open'>; readonly reason: string; readonly answer: object },
): Promise<boolean> {
  return retryRolledBack(() =>
    inTransaction(database, async (client) => {
      const { rows } = await client.query<{ sweep_id: string | null }>(
        `UPDATE study SET status = $2::study_status, reason = $3, answer = $4, ended_at = now(), updated_at = now()
         WHERE id = $1 AND status = 'open' RETURNING sweep_id`,
        [id, end.status, end.reason, JSON.stringify(end.answer)],
      );
      const ended = rows[0];
      if (ended === undefined) return false;
      if (ended.sweep_id !== null) await transitionExperimentsOf(client, ended.sweep_id, 'cancel');
      return true;
    }),
  );
}

/** Deletes a study that has ended; its runs stay. @returns false while it is open */
export async function deleteStudy(client: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await client.query(`DELETE FROM study WHERE id = $1 AND status <> 'open'`, [id]);
  return rowCount === 1;
}
