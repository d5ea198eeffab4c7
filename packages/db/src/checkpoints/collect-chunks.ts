import { type Database, inTransaction } from '../database.ts';

/** Pieces deleted in one transaction: a short one, so that an upload that waits for it waits little. */
const batchSize = 200;

/**
 * Deletes the pieces that no checkpoint lists, also those of uploads under way. Two statements: once the rows are locked nobody can
 * list them any more, and the second sees what was listed until then. Rows that someone is just listing are skipped. Should both
 * be wrong, the foreign key still refuses to delete what is listed.
 * @returns how many
 */
export async function collectChunks(database: Database): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { found, removed } = await inTransaction(database, async (client) => {
      const { rows } = await client.query<{ sha256: Buffer }>(
        `SELECT sha256 FROM chunk WHERE NOT EXISTS (SELECT 1 FROM checkpoint_chunk WHERE checkpoint_chunk.sha256 = chunk.sha256)
         LIMIT $1 FOR UPDATE SKIP LOCKED`,
        [batchSize],
      );
      const { rowCount } = await client.query(
        `DELETE FROM chunk WHERE sha256 = ANY($1::bytea[])
           AND NOT EXISTS (SELECT 1 FROM checkpoint_chunk WHERE checkpoint_chunk.sha256 = chunk.sha256)`,
        [rows.map((row) => row.sha256)],
      );
      return { found: rows.length, removed: rowCount ?? 0 };
    });
    deleted += removed;
    if (found < batchSize || removed === 0) return deleted;
  }
}
