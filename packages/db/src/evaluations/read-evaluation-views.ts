import type { Queryable } from '../database.ts';
import type { EvaluationViewRow } from './evaluation-view-row.ts';

/** Histograms of all evaluations of an experiment, in order of steps. */
export async function listEvaluationViews(client: Queryable, experimentId: string): Promise<EvaluationViewRow[]> {
  const { rows } = await client.query<EvaluationViewRow>(
    `SELECT step, norms, detail IS NOT NULL AS has_detail, embeddings IS NOT NULL AS has_embeddings
     FROM evaluation_view WHERE experiment_id = $1 ORDER BY step`,
    [experimentId],
  );
  return rows;
}

/** The steps of the evaluations that can be shown, as one number for each state: what a stream compares. */
export async function evaluationSteps(client: Queryable, experimentId: string): Promise<number[]> {
  const { rows } = await client.query<{ step: number }>(
    'SELECT step FROM evaluation_view WHERE experiment_id = $1 ORDER BY step',
    [experimentId],
  );
  return rows.map(({ step }) => step);
}

/** Pictures, map and neighbours of an evaluation as JSON text; null where they were never stored or are kept no more. */
export async function readEvaluationDetail(
  client: Queryable,
  experimentId: string,
  step: number,
): Promise<object | null> {
  const { rows } = await client.query<{ detail: object | null }>(
    'SELECT detail FROM evaluation_view WHERE experiment_id = $1 AND step = $2',
    [experimentId, step],
  );
  return rows[0]?.detail ?? null;
}

/** Embeddings [rows, dim] as little-endian float32; null where they are not kept. */
export async function readEvaluationEmbeddings(
  client: Queryable,
  experimentId: string,
  step: number,
): Promise<{ readonly bytes: Uint8Array; readonly rows: number; readonly dim: number } | null> {
  const { rows } = await client.query<{ bytes: Uint8Array; rows: number; dim: number }>(
    `SELECT embeddings AS bytes, rows, dim FROM evaluation_view
     WHERE experiment_id = $1 AND step = $2 AND embeddings IS NOT NULL`,
    [experimentId, step],
  );
  return rows[0] ?? null;
}

/** A picture by its SHA-256, or null. */
export async function readThumbnail(client: Queryable, sha256: string): Promise<Uint8Array | null> {
  const { rows } = await client.query<{ webp: Uint8Array }>('SELECT webp FROM thumbnail WHERE sha256 = $1', [sha256]);
  return rows[0]?.webp ?? null;
}
