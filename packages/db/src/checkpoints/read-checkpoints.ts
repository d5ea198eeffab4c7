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

/** Bytes of a file: from the first, up to but without the last. */
export type ByteRange = { readonly from: number; readonly to: number };

/**
 * The bytes, or a range of them, piece by piece, each piece compared with the hash under which it is stored.
 * @throws CheckpointError for a damaged piece, or when the checkpoint is deleted meanwhile
 */
export async function* readCheckpointContent(
  database: Database,
  checkpoint: Checkpoint,
  range: ByteRange = { from: 0, to: checkpoint.bytes },
): AsyncGenerator<Uint8Array> {
  const read = (position: number) =>
    database.pool.query<{ sha256: Buffer; data: Buffer }>(
      `SELECT sha256, data FROM checkpoint_chunk JOIN chunk USING (sha256) WHERE checkpoint_id = $1 AND position = $2`,
      [checkpoint.id, position],
    );
  const first = range.from === 0 ? { position: 0, offset: 0 } : await pieceOf(database, checkpoint, range.from);
  let offset = first.offset;
  let next = read(first.position);
  for (let position = first.position + 1; offset < range.to; position += 1) {
    const row = (await next).rows[0];
    if (!row) throw new CheckpointError(`checkpoint ${checkpoint.id} was deleted while it was read`);
    const begin = offset;
    offset += row.data.length;
    // The next piece is on its way while this one is checked and written.
    if (offset < range.to) {
      next = read(position);
      next.catch(() => undefined); // told when it is awaited, which a reader that leaves early does not
    }
    if (!createHash('sha256').update(row.data).digest().equals(row.sha256)) {
      throw new CheckpointError(`piece ${position - 1} of the checkpoint of step ${checkpoint.step} is damaged`);
    }
    yield row.data.subarray(Math.max(0, range.from - begin), range.to - begin);
  }
}

/** The piece that holds a byte, and where it begins. Pieces are of one size but for the last of the head and the last of all. */
async function pieceOf(
  { pool }: Database,
  { id }: Checkpoint,
  byte: number,
): Promise<{ position: number; offset: number }> {
  const { rows } = await pool.query<{ position: number; bytes: number }>(
    `SELECT position, octet_length(data) AS bytes FROM checkpoint_chunk JOIN chunk USING (sha256)
     WHERE checkpoint_id = $1 ORDER BY position`,
    [id],
  );
  let offset = 0;
  for (const { position, bytes } of rows) {
    if (byte < offset + bytes) return { position, offset };
    offset += bytes;
  }
  throw new CheckpointError(`checkpoint ${id} was deleted while it was read`);
}
