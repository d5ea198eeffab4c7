import type { ExperimentConfig, Provenance } from '@spherelab/config';
import { type Database, inTransaction } from '../database.ts';
import { isUniqueViolation } from '../is-unique-violation.ts';
import { type Fence, fenceSql, StaleAttemptError } from '../stale-attempt-error.ts';

/** What a run that begins at step 0 turns out to be. */
export type RunIdentity = {
  /** with the data set's own spelling */
  readonly config: ExperimentConfig;
  readonly identity: string;
  readonly provenance: Provenance;
  /** leave the identity that it was posted under to answer for it until it has succeeded: its poster could not see the data */
  readonly keepsPosted: boolean;
};

// What an earlier attempt left is of another run, or about to be measured again.
const leftovers = ['metric', 'evaluation_view', 'checkpoint'];

const identify = `
  UPDATE experiment SET config = $3, dataset = $4, identity = $5, provenance = $6,
    dedup_identity = CASE WHEN dedup_identity IS NULL OR $7 THEN dedup_identity
      WHEN EXISTS (SELECT 1 FROM experiment AS other WHERE other.dedup_identity = $5 AND other.id <> $1) THEN NULL
      ELSE $5 END,
    steps_done = 0, latest = NULL, graph_sha256 = NULL, manifest_sha256 = NULL, prefix_of = NULL, prefix_step = NULL, prefix_steps = NULL,
    updated_at = now()
  WHERE id = $1 AND attempt = $2`;

/**
 * Lets a run begin at step 0 as what its worker found it to be: what earlier attempts measured and saved is deleted, so that all its
 * numbers are of one run, and its row gets the identity that goes with them. Where another run answers for that identity
 * already, it stays that one.
 * @throws StaleAttemptError
 */
export async function beginAnew(database: Database, fence: Fence, run: RunIdentity): Promise<void> {
  const { experimentId, attempt } = fence;
  const begin = () =>
    inTransaction(database, async (client) => {
      const { rowCount } = await client.query(fenceSql, [experimentId, attempt]);
      if (rowCount !== 1) throw new StaleAttemptError(fence);
      for (const table of leftovers)
        await client.query(`DELETE FROM ${table} WHERE experiment_id = $1`, [experimentId]);
      const { config, identity, provenance, keepsPosted } = run;
      await client.query(identify, [
        experimentId,
        attempt,
        JSON.stringify(config),
        config.dataset,
        identity,
        JSON.stringify(provenance),
        keepsPosted,
      ]);
    });
  // Somebody posted that identity between the look and the write: the second look sees it.
  await begin().catch((error: unknown) => {
    if (!isUniqueViolation(error)) throw error;
    return begin();
  });
}
