import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Queryable } from '../database.ts';
import { type Fence, fenceSql, StaleAttemptError } from '../stale-attempt-error.ts';

/** What a run takes along: its recorded step, and the list of its images with their hashes. */
export type ArtifactKind = 'graph' | 'manifest';

const columnOf: Readonly<Record<ArtifactKind, string>> = { graph: 'graph_sha256', manifest: 'manifest_sha256' };
const compress = promisify(deflate);
const decompress = promisify(inflate);

// One statement stores and names it, so that the collector never sees one that is about to be named. DO UPDATE, not DO NOTHING: it
// locks the row of equal content that is there already.
const write = (kind: ArtifactKind) => `
  WITH fence AS (${fenceSql}),
  stored AS (INSERT INTO artifact (sha256, bytes, data) SELECT $3, $4, $5 FROM fence
    ON CONFLICT (sha256) DO UPDATE SET stored_at = now() RETURNING sha256)
  UPDATE experiment SET ${columnOf[kind]} = stored.sha256 FROM stored WHERE experiment.id = $1`;

/** Stores an artifact by its content, once for all runs that have it, and names it in the run. @throws StaleAttemptError */
export async function writeArtifact(
  client: Queryable,
  fence: Fence,
  kind: ArtifactKind,
  content: Uint8Array,
): Promise<void> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  const { experimentId, attempt } = fence;
  const { rowCount } = await client.query(write(kind), [
    experimentId,
    attempt,
    sha256,
    content.length,
    await compress(content),
  ]);
  if (rowCount !== 1) throw new StaleAttemptError(fence);
}

/** The content of an artifact; null where there is none, or its bytes are not those of its hash. */
export async function readArtifact(client: Queryable, sha256: string): Promise<Uint8Array | null> {
  const { rows } = await client.query<{ data: Buffer }>('SELECT data FROM artifact WHERE sha256 = $1', [sha256]);
  const data = rows[0]?.data;
  if (data === undefined) return null;
  const content = await decompress(data).catch(() => null);
  return content !== null && createHash('sha256').update(content).digest('hex') === sha256 ? content : null;
}

/** Deletes artifacts that no run names. @returns how many */
export async function collectArtifacts(client: Queryable): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM artifact WHERE NOT EXISTS (SELECT 1 FROM experiment
       WHERE graph_sha256 = artifact.sha256 OR manifest_sha256 = artifact.sha256)`,
  );
  return rowCount ?? 0;
}
