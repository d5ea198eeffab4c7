import { createHash } from 'node:crypto';
import type { CheckpointFacts } from '@spherelab/config';
import type { Queryable } from '../database.ts';
import { type Fence, fenceSql, StaleAttemptError } from '../stale-attempt-error.ts';
import { isBestOfBranch } from './best-of-branch.ts';
import { CheckpointError, type CheckpointKind } from './checkpoint-row.ts';
import { cutIntoChunks } from './cut-into-chunks.ts';
import { isNewCheckpoint } from './new-checkpoint.ts';
import { type Chunk, storeChunks } from './store-chunks.ts';

export type NewCheckpoint = {
  readonly step: number;
  readonly kind: CheckpointKind;
  readonly bytes: number;
  readonly sha256: string;
  readonly weightsSha256: string;
  readonly facts: CheckpointFacts;
  /** bytes before the tensors; kept as pieces of their own, so that equal tensors behind different heads are stored once. Default 0 */
  readonly headBytes?: number;
};

/** Pieces that are looked up together: 8 MB, the most that an upload holds in memory. */
const chunksAtOnce = 8;

const begin = `WITH fence AS (${fenceSql})
  INSERT INTO checkpoint (experiment_id, attempt, step, kind, bytes, sha256, weights_sha256, facts)
  SELECT id, $2, $3, $4::checkpoint_kind, $5, $6, $7, $8 FROM fence RETURNING id`;

// One statement makes the checkpoint visible, drops what it replaces and tells that the attempt got on. Of `latest` the one
// before stays, should the newest turn out unreadable; what is pinned stays and counts for nothing. Each branch is there for others,
// and with it the best of before it (collect-branches.ts).
const publish = `
  WITH fence AS (SELECT id FROM experiment WHERE id = $1 AND attempt = $2 AND status = 'running' FOR UPDATE),
  published AS (UPDATE checkpoint SET published_at = now() FROM fence WHERE checkpoint.id = $3
    RETURNING checkpoint.id, experiment_id, kind, step),
  replaced AS (DELETE FROM checkpoint WHERE id IN (
    SELECT old.id FROM checkpoint old, published WHERE old.experiment_id = published.experiment_id
      AND old.kind = published.kind AND old.id <> published.id AND old.published_at IS NOT NULL AND NOT old.pinned
      AND (old.kind <> 'branch' OR old.step = published.step) AND NOT ${isBestOfBranch('old')}
    ORDER BY old.step DESC, old.published_at DESC OFFSET $4)),
  progressed AS (UPDATE experiment SET failures = 0, interruptions = 0 FROM published JOIN attempt USING (experiment_id)
    WHERE experiment.id = experiment_id AND attempt.number = $2 AND ${isNewCheckpoint('published', 'attempt')})
  SELECT count(*) AS passed FROM published`;

/**
 * Stores a checkpoint piece by piece and makes it visible at once, or not at all. The lease can be renewed meanwhile: no
 * transaction spans the upload. Pieces that any checkpoint has already are not sent again.
 * @returns its id
 * @throws StaleAttemptError; CheckpointError when the bytes are not those announced
 */
export async function storeCheckpoint(
  client: Queryable,
  fence: Fence,
  checkpoint: NewCheckpoint,
  content: AsyncIterable<Uint8Array>,
): Promise<string> {
  const { step, kind, bytes, sha256, weightsSha256 } = checkpoint;
  const facts = JSON.stringify(checkpoint.facts);
  const owner = [fence.experimentId, fence.attempt];
  const begun = await client.query<{ id: string }>(begin, [...owner, step, kind, bytes, sha256, weightsSha256, facts]);
  const id = begun.rows[0]?.id;
  if (id === undefined) throw new StaleAttemptError(fence);
  try {
    await upload(client, fence, id, checkpoint, content);
    const { rows } = await client.query<{ passed: number }>(publish, [...owner, id, kind === 'latest' ? 1 : 0]);
    if (rows[0]?.passed !== 1) throw new StaleAttemptError(fence);
    return id;
  } catch (error) {
    await client.query('DELETE FROM checkpoint WHERE id = $1', [id]).catch(() => undefined);
    throw error;
  }
}

async function upload(
  client: Queryable,
  fence: Fence,
  id: string,
  checkpoint: NewCheckpoint,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  let position = 0;
  let batch: Chunk[] = [];
  for await (const data of cutIntoChunks(content, checkpoint.headBytes ?? 0)) {
    hash.update(data);
    bytes += data.length;
    batch.push({ position, sha256: createHash('sha256').update(data).digest(), data });
    position += 1;
    if (batch.length < chunksAtOnce) continue;
    await storeChunks(client, fence, id, batch);
    batch = [];
  }
  if (batch.length > 0) await storeChunks(client, fence, id, batch);
  if (bytes !== checkpoint.bytes || hash.digest('hex') !== checkpoint.sha256) {
    throw new CheckpointError(`the checkpoint of step ${checkpoint.step} has other bytes than announced`);
  }
}

/** Removes uploads that will not be finished: their attempt is over. @returns how many */
export async function removeAbandonedCheckpoints(client: Queryable): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM checkpoint USING experiment WHERE checkpoint.experiment_id = experiment.id AND published_at IS NULL
       AND (experiment.status <> 'running' OR checkpoint.attempt < experiment.attempt)`,
  );
  return rowCount ?? 0;
}
