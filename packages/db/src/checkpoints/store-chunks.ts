import type { Queryable } from '../database.ts';
import { type Fence, fenceSql, StaleAttemptError } from '../stale-attempt-error.ts';

/** A piece of a checkpoint. */
export type Chunk = { readonly position: number; readonly sha256: Uint8Array; readonly data: Uint8Array };

// Lists those that are there already. The key lock holds them until they are listed: the collector waits or skips them, and
// one that it has just deleted is not found.
const listKnown = `
  WITH fence AS (${fenceSql}),
  known AS (SELECT sha256 FROM chunk WHERE sha256 = ANY($5::bytea[]) FOR KEY SHARE),
  listed AS (INSERT INTO checkpoint_chunk (checkpoint_id, position, sha256)
    SELECT $3::uuid, position, sha256 FROM fence, unnest($4::int[], $5::bytea[]) AS wanted(position, sha256)
    JOIN known USING (sha256) RETURNING position)
  SELECT (SELECT count(*) FROM fence) AS passed, ARRAY(SELECT position FROM listed) AS positions`;

// DO UPDATE, not DO NOTHING: it locks the row of someone who stored the same bytes meanwhile.
const storeNew = `
  WITH fence AS (${fenceSql}),
  stored AS (INSERT INTO chunk (sha256, data) SELECT $5, $6 FROM fence
    ON CONFLICT (sha256) DO UPDATE SET stored_at = now() RETURNING sha256)
  INSERT INTO checkpoint_chunk (checkpoint_id, position, sha256) SELECT $3, $4, sha256 FROM stored`;

/** Lists pieces under a checkpoint that is not published yet, and sends those that no checkpoint has. @throws StaleAttemptError */
export async function storeChunks(
  client: Queryable,
  fence: Fence,
  checkpointId: string,
  chunks: readonly Chunk[],
): Promise<void> {
  const owner = [fence.experimentId, fence.attempt, checkpointId];
  const { rows } = await client.query<{ passed: number; positions: number[] }>(listKnown, [
    ...owner,
    chunks.map((chunk) => chunk.position),
    chunks.map((chunk) => asBuffer(chunk.sha256)),
  ]);
  if (rows[0]?.passed !== 1) throw new StaleAttemptError(fence);
  const known = new Set(rows[0].positions);
  for (const { position, sha256, data } of chunks) {
    if (known.has(position)) continue;
    const { rowCount } = await client.query(storeNew, [...owner, position, asBuffer(sha256), asBuffer(data)]);
    if (rowCount !== 1) throw new StaleAttemptError(fence);
  }
}

/** pg takes other byte arrays for lists of numbers. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
