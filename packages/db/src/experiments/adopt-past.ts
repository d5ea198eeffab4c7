import { updateMetrics } from '@spherelab/config';
import { type Checkpoint, checkpointColumns } from '../checkpoints/checkpoint-row.ts';
import { type Database, inTransaction, type Queryable } from '../database.ts';
import { type Fence, fenceSql, StaleAttemptError } from '../stale-attempt-error.ts';
import type { Experiment } from './experiment-row.ts';
import { sameConfig, trunkOf } from './settings-sql.ts';

/** A checkpoint of another run whose first updates may be the same. */
export type PastCandidate = Checkpoint & {
  /** of that run */
  readonly steps: number;
  /** it is of the very same config */
  readonly isSame: boolean;
  /** its run has ended there: all its evaluations are done */
  readonly isEnd: boolean;
  /** the last of them measured what those before did not */
  readonly measuredMore: boolean;
};

/** Checkpoints that are looked at, those of the planned parent first. */
const mostCandidates = 1_000;

const columns = checkpointColumns.replaceAll(/\w+/g, 'checkpoint.$&');

const find = `
  SELECT ${columns}, (source.config->>'steps')::int AS steps,
    ${sameConfig('source.config', '$2::jsonb')} AS "isSame", kind = 'final' AS "isEnd",
    kind = 'final' AND ARRAY(SELECT jsonb_object_keys(source.result->'last'->'metrics') ORDER BY 1)
      <> ARRAY(SELECT jsonb_object_keys(source.result->'baselines'->'untrained'->'metrics') ORDER BY 1) AS "measuredMore"
  FROM experiment AS source JOIN checkpoint ON checkpoint.experiment_id = source.id
  WHERE ${trunkOf('source.config')} = ${trunkOf('$2::jsonb')} AND source.id <> $1 AND published_at IS NOT NULL AND step <= $3
    AND (kind = 'branch' OR (kind = 'final' AND source.status = 'succeeded'))
  ORDER BY source.id = $4::uuid DESC NULLS LAST, step DESC, source.finished_at DESC LIMIT ${mostCandidates}`;

/**
 * Checkpoints of other runs that this one might go on from, the furthest first, and of equals an end; whether it may is judged by
 * whoever knows the facts.
 */
export async function pastCandidates(
  client: Queryable,
  experiment: Pick<Experiment, 'id' | 'config' | 'parent_id'>,
  totalUpdates: number,
): Promise<PastCandidate[]> {
  const { rows } = await client.query<PastCandidate>(find, [
    experiment.id,
    JSON.stringify(experiment.config),
    totalUpdates,
    experiment.parent_id,
  ]);
  return rows.sort((a, b) => b.step - a.step || Number(b.isEnd) - Number(a.isEnd));
}

/**
 * Gives a run that has nothing yet what another has measured up to a checkpoint, what its evaluations show, its recorded step and its
 * best checkpoint (the pieces are shared, nothing is copied). The run saves its own checkpoint once it goes on.
 * @returns false where the other run or its checkpoint was deleted meanwhile, and nothing is taken over
 * @throws StaleAttemptError
 */
export async function adoptPast(database: Database, fence: Fence, past: PastCandidate): Promise<boolean> {
  const { experimentId, attempt } = fence;
  const { id, experiment_id: source, step: updates, steps } = past;
  return inTransaction(database, async (client) => {
    const { rowCount } = await client.query(fenceSql, [experimentId, attempt]);
    if (rowCount !== 1) throw new StaleAttemptError(fence);
    // Held until all is taken over: what deletes the run waits.
    const held = await client.query(
      `SELECT 1 FROM experiment JOIN checkpoint ON experiment_id = experiment.id
       WHERE experiment.id = $1 AND checkpoint.id = $2 FOR KEY SHARE OF experiment, checkpoint`,
      [source, id],
    );
    if (held.rowCount !== 1) return false;
    await takeOver(client, fence, past);
    await client.query(
      `UPDATE experiment SET prefix_of = $3, prefix_step = $4, prefix_steps = $5, updated_at = now(),
         latest = (SELECT jsonb_build_object('step', step, 'metrics', jsonb_object_agg(name, value)) FROM metric
           WHERE experiment_id = $1 AND name <> ALL($6::text[]) AND abs(value) < 'Infinity' GROUP BY step ORDER BY step DESC LIMIT 1),
         (graph_sha256, manifest_sha256) = (SELECT graph_sha256, manifest_sha256 FROM experiment WHERE id = $3)
       WHERE id = $1 AND attempt = $2`,
      [experimentId, attempt, source, updates, steps, [...updateMetrics]],
    );
    await client.query(`INSERT INTO log_line (experiment_id, attempt, level, message) VALUES ($1, $2, 'info', $3)`, [
      experimentId,
      attempt,
      `continues after ${updates} updates of experiment ${source}, which are the same as its own: what it measured is taken over`,
    ]);
    return true;
  });
}

// Before a branch the evaluation of its newest step is not done; step 0 is the untrained network's.
const pastPoint = (step: string) => `(${step} < $4 - 1 OR (${step} < $4 AND ($5 OR ${step} = 0)))`;

async function takeOver(client: Queryable, { experimentId, attempt }: Fence, past: PastCandidate): Promise<void> {
  const { experiment_id: source, step: updates } = past;
  const pair = [experimentId, attempt, source, updates, past.isEnd];
  await client.query(
    `INSERT INTO metric (experiment_id, name, step, value, attempt)
     SELECT $1, name, step, value, $2 FROM metric
     WHERE experiment_id = $3 AND (${pastPoint('step')} OR (step < $4 AND name = ANY($6::text[]))) ORDER BY seq`,
    [...pair, [...updateMetrics]],
  );
  await client.query(
    `INSERT INTO evaluation_view (experiment_id, step, attempt, norms, detail, embeddings, rows, dim)
     SELECT $1, step, $2, norms, detail, embeddings, rows, dim FROM evaluation_view
     WHERE experiment_id = $3 AND ${pastPoint('step')}`,
    pair,
  );
  await client.query(
    `WITH taken AS (SELECT id AS old, gen_random_uuid() AS new FROM checkpoint
       WHERE experiment_id = $3 AND kind = 'best' AND published_at IS NOT NULL AND (step < $4 OR (step = $4 AND $5))
       ORDER BY step DESC, published_at DESC LIMIT 1 FOR KEY SHARE),
     stored AS (INSERT INTO checkpoint (id, experiment_id, attempt, step, kind, bytes, sha256, weights_sha256, facts, published_at)
       SELECT new, $1, $2, step, kind, bytes, sha256, weights_sha256, facts, now() FROM taken JOIN checkpoint ON checkpoint.id = old
       RETURNING id)
     INSERT INTO checkpoint_chunk (checkpoint_id, position, sha256)
     SELECT new, position, sha256 FROM taken JOIN checkpoint_chunk ON checkpoint_id = old`,
    pair,
  );
}
