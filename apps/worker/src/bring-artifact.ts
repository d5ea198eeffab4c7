import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Database, readArtifact } from '@spherelab/db';

/**
 * Writes an artifact of a run into a file, whose folder is made.
 * @param sha256 null: the run has none
 * @returns the file; null where there is no such artifact
 */
export async function bringArtifact(
  { pool }: Pick<Database, 'pool'>,
  sha256: string | null,
  file: string,
): Promise<string | null> {
  const content = sha256 === null ? null : await readArtifact(pool, sha256);
  if (content === null) return null;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}
