import type { ExperimentConfig, Provenance } from '@spherelab/config';
import type { Queryable } from '../database.ts';
import type { Experiment } from './experiment-row.ts';
import { sameConfig } from './settings-sql.ts';

/** A run of the same config under another version of the numerics. */
export type EarlierResult = {
  readonly experiment_id: string;
  /** null for one of a release that recorded none */
  readonly numerics: string | null;
};

const earlier = `
  SELECT id AS experiment_id, provenance->>'numerics' AS numerics FROM experiment
  WHERE ${sameConfig('config', '$2::jsonb')} AND id <> $1
    AND created_at <= $3 AND provenance->>'numerics' IS DISTINCT FROM $4
  ORDER BY created_at DESC LIMIT 1`;

/** The newest run before this one of the same config under another version of the numerics, or null. */
export async function earlierResult(client: Queryable, experiment: Experiment): Promise<EarlierResult | null> {
  const { id, config, created_at: createdAt, provenance } = experiment;
  const { rows } = await client.query<EarlierResult>(earlier, [
    id,
    JSON.stringify(config),
    createdAt,
    provenance?.numerics ?? null,
  ]);
  return rows[0] ?? null;
}

const reusable = `
  SELECT position, found.id FROM jsonb_to_recordset($1::jsonb) AS input(position int, config jsonb, provenance jsonb),
  LATERAL (SELECT id FROM experiment
    WHERE ${sameConfig('experiment.config', 'input.config')} AND status = 'succeeded'
      AND experiment.provenance->>'data_sha256' = input.provenance->>'data_sha256'
      AND experiment.provenance->>'weights_sha256' = input.provenance->>'weights_sha256'
    ORDER BY experiment.provenance->>'numerics' = input.provenance->>'numerics' DESC NULLS LAST, finished_at DESC
    LIMIT 1) AS found`;

type Cell = { readonly config: ExperimentConfig; readonly provenance: Provenance };

/**
 * For each cell a finished run of its config, data and weights, whatever version of the numerics made it: the same version first,
 * then the newest; null where there is none, or the data could not be seen.
 */
export async function reusableResults(client: Queryable, cells: readonly Cell[]): Promise<(string | null)[]> {
  const asked = cells.map(({ config, provenance }, position) => ({ position, config, provenance }));
  const { rows } = await client.query<{ position: number; id: string }>(reusable, [JSON.stringify(asked)]);
  const idAt = new Map(rows.map(({ position, id }) => [position, id]));
  return cells.map((_, position) => idAt.get(position) ?? null);
}
