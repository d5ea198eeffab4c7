import { createHash } from 'node:crypto';
import type { Database, Queryable } from '../database.ts';
import { type Checkpoint, CheckpointError, checkpointColumns as columns } from './checkpoint-row.ts';

/** Published checkpoints, newest step first. */
export async function listCheckpoints(client: Queryable, experimentId: string): Promise<Checkpoint[]> {
  const { rows } = await client.query<Checkpoint>(
    `SELECT ${columns} FROM checkpoint WHERE experiment_id = $1 AND published_at IS NOT NULL
     ORDER BY step DESC, published_at DESC`,
    [experimentId],
  );
  return rows;
}

/** One published checkpoint, or null. */
export async function getCheckpoint(client: Queryable, id: string): Promise<Checkpoint | null> {
  const { rows } = await client.query<Checkpoint>(
    `SELECT ${columns} FROM checkpoint WHERE id = $1 AND published_at IS NOT NULL`,
    [id],
  );
  return rows[0] ?? null;
}

/** Those that training can go on from, best choice first; the second is for when the first turns out unreadable. */
export async function resumableCheckpoints(client: Queryable, experimentId: string): Promise<Checkpoint[]> {
  const all = await listCheckpoints(client, experimentId);
  return all.filter((checkpoint) => checkpoint.kind !== 'best');
}

/**
 * The bytes, piece by piece, each compared with the hash under which it is stored.
 * @throws CheckpointError for a damaged piece; Error when the checkpoint is deleted meanwhile
 */
export async function* readCheckpointContent(database: Database, checkpoint: Checkpoint): AsyncGenerator<Uint8Array> {
  const read = (position: number) =>
    database.pool.query<{ sha256: Buffer; data: Buffer }>(
      `SELECT sha256, data FROM checkpoint_chunk JOIN chunk USING (sha256) WHERE checkpoint_id = $1 AND position = $2`,
      [checkpoint.id, position],
    );
  let bytes = 0;
  let next = read(0);
  for (let position = 1; bytes < checkpoint.bytes; position += 1) {
    const row = (await next).rows[0];
    if (!row) throw new Error(`checkpoint ${checkpoint.id} was deleted while it was read`);
    bytes += row.data.length;
    // The next piece is on its way while this one is checked and written.
    if (bytes < checkpoint.bytes) {
      next = read(position);
      next.catch(() => undefined); // told when it is awaited, which a reader that leaves early does not
    }
    if (!createHash('sha256').update(row.data).digest().equals(row.sha256)) {
      throw new CheckpointError(`piece ${position - 1} of the checkpoint of step ${checkpoint.step} is damaged`);
    }
    yield row.data;
  }
}
