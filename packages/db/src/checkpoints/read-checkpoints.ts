import type { Database, Queryable } from '../database.ts';
import type { Checkpoint } from './checkpoint-row.ts';

const columns = 'id, experiment_id, attempt, step, kind, bytes, sha256, weights_sha256, created_at';

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

/** The bytes, piece by piece. Ends early, with an error, when the checkpoint is deleted meanwhile. */
export async function* readCheckpointContent(database: Database, checkpoint: Checkpoint): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for (let position = 0; bytes < checkpoint.bytes; position += 1) {
    const { rows } = await database.pool.query<{ data: Uint8Array }>(
      'SELECT data FROM checkpoint_chunk WHERE checkpoint_id = $1 AND position = $2',
      [checkpoint.id, position],
    );
    const data = rows[0]?.data;
    if (!data) throw new Error(`checkpoint ${checkpoint.id} was deleted while it was read`);
    bytes += data.length;
    yield data;
  }
}
