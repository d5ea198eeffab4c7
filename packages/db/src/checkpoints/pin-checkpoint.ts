import type { Queryable } from '../database.ts';
import { type Checkpoint, checkpointColumns } from './checkpoint-row.ts';

/** Keeps a checkpoint whatever comes after it, or lets it go: then the next one of its kind replaces it. @returns it, or null */
export async function pinCheckpoint(client: Queryable, id: string, pinned: boolean): Promise<Checkpoint | null> {
  const { rows } = await client.query<Checkpoint>(
    `UPDATE checkpoint SET pinned = $2 WHERE id = $1 AND published_at IS NOT NULL RETURNING ${checkpointColumns}`,
    [id, pinned],
  );
  return rows[0] ?? null;
}
