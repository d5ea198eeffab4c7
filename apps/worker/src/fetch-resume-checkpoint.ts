import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type Checkpoint,
  CheckpointError,
  type Database,
  readCheckpointContent,
  resumableCheckpoints,
} from '@spherelab/db';

/**
 * Brings the newest checkpoint that is whole into the work folder.
 * @returns the file's path, or null when there is none: training starts over
 */
export async function fetchResumeCheckpoint(
  database: Database,
  experimentId: string,
  workFolder: string,
  onUnreadable: (message: string) => Promise<void>,
): Promise<string | null> {
  for (const checkpoint of await resumableCheckpoints(database.pool, experimentId)) {
    const file = join(workFolder, `resume-${checkpoint.step}.checkpoint`);
    const damage = await download(database, checkpoint, file);
    if (damage === null) return file;
    await rm(file, { force: true });
    await onUnreadable(`${damage}; the checkpoint before it is tried`);
  }
  return null;
}

/** @returns what is wrong with the bytes, or null */
async function download(database: Database, checkpoint: Checkpoint, file: string): Promise<string | null> {
  const hash = createHash('sha256');
  async function* hashed() {
    for await (const chunk of readCheckpointContent(database, checkpoint)) {
      hash.update(chunk);
      yield chunk;
    }
  }
  try {
    await pipeline(Readable.from(hashed(), { objectMode: false }), createWriteStream(file));
  } catch (error) {
    if (error instanceof CheckpointError) return error.message;
    throw error;
  }
  const found = hash.digest('hex');
  return found === checkpoint.sha256
    ? null
    : `the checkpoint of step ${checkpoint.step} is damaged (its hash is ${found})`;
}
