import { type Database, inTransaction, type Queryable } from '../database.ts';
import { type Fence, fenceSql, StaleAttemptError } from '../stale-attempt-error.ts';
import type { Experiment } from './experiment-row.ts';

/** What a run took over from a shorter one. */
export type Prefix = {
  readonly experimentId: string;
  /** updates done */
  readonly step: number;
  /** `steps` of the shorter run */
  readonly steps: number;
};

/** Fields of the environment that a supervisor knows before it starts a trainer. */
export type PrefixEnvironment = Readonly<Record<string, string | number>>;

// The same config but for `steps` and labels; ended, and its last update fell on an evaluation that a longer run makes too. Its last
// evaluation measured nothing that the first did not: what is measured only after training (SOP's clusters) would be missing or
// too much. And it ran where this one runs.
const find = `
  SELECT source.id, checkpoint.step, (source.config->>'steps')::int AS steps
  FROM experiment AS source JOIN checkpoint ON checkpoint.experiment_id = source.id
  WHERE source.dataset = $1 AND source.loss = $2 AND source.status = 'succeeded' AND source.id <> $3
    AND source.config - $4::text[] = $5::jsonb - $4::text[]
    AND (source.config->>'steps')::int < ($5::jsonb->>'steps')::int
    AND kind = 'final' AND published_at IS NOT NULL
    AND checkpoint.step > 1 AND (checkpoint.step - 1) % ($5::jsonb->>'eval_every')::int = 0
    AND ARRAY(SELECT jsonb_object_keys(source.result->'last'->'metrics') ORDER BY 1)
      = ARRAY(SELECT jsonb_object_keys(source.result->'baselines'->'untrained'->'metrics') ORDER BY 1)
    AND source.environment @> $6::jsonb
  ORDER BY checkpoint.step DESC LIMIT 1`;

/** What does not decide numbers, and `steps`, which a longer run has more of. */
const free = ['steps', 'name', 'tags', 'priority', 'device', 'preset_policy'];

/**
 * Gives a run that has nothing yet what a shorter run of the same config has done: its metrics, its last and its best checkpoint
 * (the pieces are shared, nothing is copied). A forced experiment is a repetition for its own sake and takes nothing.
 * @returns from where it goes on, or null
 * @throws StaleAttemptError
 */
export async function adoptPrefix(
  database: Database,
  fence: Fence,
  experiment: Experiment,
  environment: PrefixEnvironment,
): Promise<Prefix | null> {
  if (experiment.dedup_identity === null || experiment.attempt !== 1) return null;
  return inTransaction(database, async (client) => {
    const { rowCount } = await client.query(fenceSql, [fence.experimentId, fence.attempt]);
    if (rowCount !== 1) throw new StaleAttemptError(fence);
    const { rows } = await client.query<{ id: string; step: number; steps: number }>(find, [
      experiment.dataset,
      experiment.loss,
      experiment.id,
      free,
      JSON.stringify(experiment.config),
      JSON.stringify(environment),
    ]);
    const source = rows[0];
    if (!source) return null;
    await takeOver(client, fence, source);
    return { experimentId: source.id, step: source.step, steps: source.steps };
  });
}

async function takeOver(
  client: Queryable,
  { experimentId, attempt }: Fence,
  source: { id: string; step: number; steps: number },
): Promise<void> {
  await client.query(
    `INSERT INTO metric (experiment_id, name, step, value, attempt)
     SELECT $1, name, step, value, $2 FROM metric WHERE experiment_id = $3 AND step < $4 ORDER BY seq
     ON CONFLICT DO NOTHING`,
    [experimentId, attempt, source.id, source.step],
  );
  await client.query(
    `WITH taken AS (SELECT id AS old, gen_random_uuid() AS new FROM checkpoint
       WHERE experiment_id = $3 AND kind IN ('final', 'best') AND published_at IS NOT NULL AND step <= $4),
     stored AS (INSERT INTO checkpoint (id, experiment_id, attempt, step, kind, bytes, sha256, weights_sha256, published_at)
       SELECT new, $1, $2, step, CASE kind WHEN 'final' THEN 'latest' ELSE kind END::checkpoint_kind, bytes, sha256,
         weights_sha256, now() FROM taken JOIN checkpoint ON checkpoint.id = old RETURNING id)
     INSERT INTO checkpoint_chunk (checkpoint_id, position, sha256)
     SELECT new, position, sha256 FROM taken JOIN checkpoint_chunk ON checkpoint_id = old`,
    [experimentId, attempt, source.id, source.step],
  );
  await client.query(
    `UPDATE experiment SET prefix_of = $3, prefix_step = $4, prefix_steps = $5, updated_at = now() WHERE id = $1 AND attempt = $2`,
    [experimentId, attempt, source.id, source.step, source.steps],
  );
  await client.query(`INSERT INTO log_line (experiment_id, attempt, level, message) VALUES ($1, $2, 'info', $3)`, [
    experimentId,
    attempt,
    `goes on after ${source.step} updates of experiment ${source.id}, the same config with ${source.steps} steps: what it measured and its checkpoint are taken over`,
  ]);
}
