import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Checkpoint, CheckpointError, type Database, readCheckpointContent } from '@spherelab/db';

/**
 * Writes a checkpoint's bytes to a file.
 * @returns what is wrong with them (damage, or deleted meanwhile), and then there is no file; null when they are whole
 */
export async function downloadCheckpoint(
  database: Database,
  checkpoint: Checkpoint,
  file: string,
): Promise<string | null> {
  const hash = createHash('sha256');
  async function* hashed() {
    for await (const chunk of readCheckpointContent(database, checkpoint)) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const damage = await pipeline(Readable.from(hashed(), { objectMode: false }), createWriteStream(file)).then(
    () => {
      const found = hash.digest('hex');
      if (found === checkpoint.sha256) return null;
      return `the checkpoint of step ${checkpoint.step} is damaged (its hash is ${found})`;
    },
    (error: unknown) => {
      if (error instanceof CheckpointError) return error.message;
      throw error;
    },
  );
  if (damage !== null) await rm(file, { force: true });
  return damage;
}
