import type { Queryable } from '../database.ts';
import { type Fence, fenceSql, StaleAttemptError } from '../stale-attempt-error.ts';
import { detailsKept, embeddingsKept, type NewEvaluationView } from './evaluation-view-row.ts';

const newest = (kept: number) =>
  `step IN (SELECT step FROM evaluation_view WHERE experiment_id = $1 AND step <> $3 ORDER BY step DESC LIMIT ${kept - 1})`;

// DO UPDATE locks a picture that is there already: the collector lets it stay. The thinning sees the rows as they were before this statement: the one it writes counts as one more.
const write = `
  WITH fence AS (${fenceSql}),
  pictures AS (INSERT INTO thumbnail (sha256, webp)
    SELECT sha256, webp FROM fence, unnest($8::text[], $9::bytea[]) AS picture(sha256, webp)
    ON CONFLICT (sha256) DO UPDATE SET sha256 = excluded.sha256),
  thinned AS (UPDATE evaluation_view SET
      embeddings = CASE WHEN step = 0 OR ${newest(embeddingsKept)} THEN embeddings END,
      detail = CASE WHEN step = 0 OR ${newest(detailsKept)} THEN detail END
    FROM fence WHERE experiment_id = fence.id AND step <> $3 AND (detail IS NOT NULL OR embeddings IS NOT NULL)),
  written AS (INSERT INTO evaluation_view (experiment_id, step, attempt, norms, detail, embeddings, rows, dim)
    SELECT fence.id, $3, $2, $4, $5, $6, $7, $10 FROM fence
    ON CONFLICT (experiment_id, step) DO UPDATE SET attempt = excluded.attempt, norms = excluded.norms,
      detail = excluded.detail, embeddings = excluded.embeddings, rows = excluded.rows, dim = excluded.dim)
  SELECT count(*) AS passed FROM fence`;

/**
 * Stores what an evaluation shows, and lets go of what older ones need no more. Writing it again changes nothing.
 * @throws StaleAttemptError, and then nothing is written
 */
export async function writeEvaluationView(client: Queryable, fence: Fence, view: NewEvaluationView): Promise<void> {
  const { embeddings, dim, thumbnails } = view;
  const { rows } = await client.query<{ passed: number }>(write, [
    fence.experimentId,
    fence.attempt,
    view.step,
    JSON.stringify(view.norms),
    JSON.stringify(view.detail),
    Buffer.from(embeddings.buffer, embeddings.byteOffset, embeddings.byteLength),
    embeddings.length / dim,
    thumbnails.map(({ sha256 }) => sha256),
    thumbnails.map(({ webp }) => Buffer.from(webp)),
    dim,
  ]);
  if (rows[0]?.passed !== 1) throw new StaleAttemptError(fence);
}
