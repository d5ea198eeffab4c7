import type { CheckpointFacts } from '@spherelab/config';
import { type Database, inTransaction, type Queryable } from '../database.ts';
import { type Fence, fenceSql, StaleAttemptError } from '../stale-attempt-error.ts';
import type { Experiment } from './experiment-row.ts';
import { settingsOf } from './settings-sql.ts';

/** A finished run of the same config that is not longer, and its final checkpoint. */
export type PrefixCandidate = {
  readonly id: string;
  readonly steps: number;
  /** updates done */
  readonly updates: number;
  /** of its final checkpoint; null for one of a release that recorded none */
  readonly facts: CheckpointFacts | null;
  /** its last evaluation measured what those before did not */
  readonly measuredMoreAtTheEnd: boolean;
};

/** Candidates that are looked at. */
const mostCandidates = 10;

const find = `
  SELECT source.id, (source.config->>'steps')::int AS steps, checkpoint.step AS updates, checkpoint.facts,
    ARRAY(SELECT jsonb_object_keys(source.result->'last'->'metrics') ORDER BY 1)
      <> ARRAY(SELECT jsonb_object_keys(source.result->'baselines'->'untrained'->'metrics') ORDER BY 1) AS "measuredMoreAtTheEnd"
  FROM experiment AS source JOIN checkpoint ON checkpoint.experiment_id = source.id
  WHERE ${settingsOf('source.config')} = ${settingsOf('$2::jsonb')} AND source.status = 'succeeded' AND source.id <> $1
    AND (source.config->>'steps')::int <= ($2::jsonb->>'steps')::int AND kind = 'final' AND published_at IS NOT NULL
  ORDER BY checkpoint.step DESC, source.finished_at DESC LIMIT ${mostCandidates}`;

/** Runs that this one might go on from, longest first; whether it may is judged by whoever knows the facts. */
export async function prefixCandidates(
  client: Queryable,
  experiment: Pick<Experiment, 'id' | 'config'>,
): Promise<PrefixCandidate[]> {
  const { rows } = await client.query<PrefixCandidate>(find, [experiment.id, JSON.stringify(experiment.config)]);
  return rows;
}

/**
 * Gives a run that has nothing yet what another has done: its metrics, what its evaluations show, its recorded step, its last and its
 * best checkpoint (the pieces are shared, nothing is copied).
 * @throws StaleAttemptError
 */
export async function adoptPrefix(database: Database, fence: Fence, source: PrefixCandidate): Promise<void> {
  await inTransaction(database, async (client) => {
    const { experimentId, attempt } = fence;
    const { rowCount } = await client.query(fenceSql, [experimentId, attempt]);
    if (rowCount !== 1) throw new StaleAttemptError(fence);
    await takeOver(client, fence, source);
    await client.query(`INSERT INTO log_line (experiment_id, attempt, level, message) VALUES ($1, $2, 'info', $3)`, [
      experimentId,
      attempt,
      `goes on after ${source.updates} updates of experiment ${source.id}, the same config with ${source.steps} steps: what it measured and its checkpoint are taken over`,
    ]);
  });
}

async function takeOver(client: Queryable, { experimentId, attempt }: Fence, source: PrefixCandidate): Promise<void> {
  const pair = [experimentId, attempt, source.id, source.updates];
  await client.query(
    `INSERT INTO metric (experiment_id, name, step, value, attempt)
     SELECT $1, name, step, value, $2 FROM metric WHERE experiment_id = $3 AND step < $4 ORDER BY seq`,
    pair,
  );
  await client.query(
    `INSERT INTO evaluation_view (experiment_id, step, attempt, norms, detail, embeddings, rows, dim)
     SELECT $1, step, $2, norms, detail, embeddings, rows, dim FROM evaluation_view WHERE experiment_id = $3 AND step < $4`,
    pair,
  );
  await client.query(
    `WITH taken AS (SELECT id AS old, gen_random_uuid() AS new FROM checkpoint
       WHERE experiment_id = $3 AND kind IN ('final', 'best') AND published_at IS NOT NULL AND step <= $4),
     stored AS (INSERT INTO checkpoint (id, experiment_id, attempt, step, kind, bytes, sha256, weights_sha256, facts, published_at)
       SELECT new, $1, $2, step, CASE kind WHEN 'final' THEN 'latest' ELSE kind END::checkpoint_kind, bytes, sha256,
         weights_sha256, facts, now() FROM taken JOIN checkpoint ON checkpoint.id = old RETURNING id)
     INSERT INTO checkpoint_chunk (checkpoint_id, position, sha256)
     SELECT new, position, sha256 FROM taken JOIN checkpoint_chunk ON checkpoint_id = old`,
    pair,
  );
  await client.query(
    `UPDATE experiment SET prefix_of = $3, prefix_step = $4, prefix_steps = $5, updated_at = now(),
       (graph_sha256, manifest_sha256) = (SELECT graph_sha256, manifest_sha256 FROM experiment WHERE id = $3)
     WHERE id = $1 AND attempt = $2`,
    [...pair, source.steps],
  );
}
