import { randomUUID } from 'node:crypto';
import type { ExperimentConfig, Provenance, RunCourse } from '@spherelab/config';
import type { Queryable } from '../database.ts';
import { DeletedMeanwhileError } from './deleted-meanwhile-error.ts';
import type { Experiment } from './experiment-row.ts';

export type NewExperiment = {
  readonly config: ExperimentConfig;
  readonly sources: Readonly<Record<string, string>>;
  /** what decides the numbers beside the config; part of the identity */
  readonly provenance: Provenance;
  /** how it goes on its data set; null or missing where nobody has seen it */
  readonly course?: RunCourse | null;
  /** sha256, hex: equal identities are the same experiment */
  readonly identity: string;
  /** make a new one even where the same config exists */
  readonly force: boolean;
  /** a finished run whose result is taken in its place (reusableResults) */
  readonly reuses?: string | null;
};

/** A posted experiment: the row that was made, or the one that stands for it. */
export type CreatedExperiment = { readonly experiment: Experiment; readonly created: boolean };
/** As much of it as a sweep needs: of two thousand rows, reading all of each back takes a tenth of a second. */
export type CreatedCell = Pick<Experiment, 'id' | 'status'> & { readonly created: boolean };

type Known = Pick<Experiment, 'id' | 'dedup_identity' | 'status'>;
type Columns = '*' | 'id, dedup_identity, status';

// In order of identity: two posts of the same cells in different order would each wait for the other. What the queue has to be told
// is written by the same statement.
const insert = (columns: Columns) => `WITH made AS (INSERT INTO experiment
    (id, config, sources, provenance, identity, dedup_identity, name, tags, priority, dataset, loss, device, sweep_id)
  SELECT id, config, sources, provenance, identity, dedup_identity, name, tags, priority, dataset, loss, device, sweep_id
  FROM jsonb_to_recordset($1::jsonb) AS input(id uuid, config jsonb, sources jsonb, provenance jsonb, identity text,
    dedup_identity text, name text, tags text[], priority int, dataset text, loss text, device text, sweep_id uuid)
  ORDER BY dedup_identity
  ON CONFLICT (dedup_identity) DO NOTHING
  RETURNING ${columns}),
told AS (INSERT INTO outbox (experiment_id) SELECT id FROM made)
SELECT * FROM made`;

// Held until the transaction ends, so that none is deleted before it is shown.
const hold = (columns: Columns) => `SELECT ${columns} FROM experiment
WHERE id = ANY($1::uuid[]) OR dedup_identity = ANY($2::text[]) ORDER BY id FOR KEY SHARE`;

/**
 * Stores experiments with what the queue has to be told: either both are there or neither. Several that exist already are held only
 * in a transaction of the caller.
 * The same identity again answers with the stored row, whatever its status, unless forced.
 * @returns one entry per input, in order
 * @throws DeletedMeanwhileError
 */
export async function createExperiments(
  client: Queryable,
  inputs: readonly NewExperiment[],
  sweepId: string | null = null,
): Promise<CreatedCell[]> {
  const stored = await store<Known>(client, inputs, sweepId, 'id, dedup_identity, status');
  return stored.map(({ row: { id, status }, created }) => ({ id, status, created }));
}

/** Stores one of them, and answers with all of its row. @throws DeletedMeanwhileError */
export async function createExperiment(client: Queryable, input: NewExperiment): Promise<CreatedExperiment> {
  const [stored] = await store<Experiment>(client, [input], null, '*');
  if (stored === undefined) throw new DeletedMeanwhileError(input.identity);
  return { experiment: stored.row, created: stored.created };
}

async function store<Row extends Known>(
  client: Queryable,
  inputs: readonly NewExperiment[],
  sweepId: string | null,
  columns: Columns,
): Promise<{ row: Row; created: boolean }[]> {
  const records = inputs.map((input) => toRecord(input, sweepId));
  const fresh = records.filter(({ reuses }) => reuses === null);
  const { rows: made } = await client.query<Row>(insert(columns), [JSON.stringify(fresh)]);
  const newIds = new Set(made.map(({ id }) => id));
  const others = records.filter(({ id }) => !newIds.has(id));
  const known = others.length === 0 ? [] : await heldRows<Row>(client, others, columns);
  const byId = new Map([...made, ...known].map((row) => [row.id, row]));
  const byIdentity = new Map(
    [...made, ...known].flatMap((row) => (row.dedup_identity ? [[row.dedup_identity, row] as const] : [])),
  );
  return records.map((record) => {
    const row = byId.get(record.reuses ?? record.id) ?? byIdentity.get(record.dedup_identity ?? '');
    if (!row) throw new DeletedMeanwhileError(record.identity);
    return { row, created: newIds.has(record.id) };
  });
}

/** The rows that stand for what was not made. */
async function heldRows<Row extends Known>(
  client: Queryable,
  records: readonly ReturnType<typeof toRecord>[],
  columns: Columns,
): Promise<Row[]> {
  const identities = records.flatMap((record) => record.dedup_identity ?? []);
  const shown = records.flatMap(({ reuses }) => reuses ?? []);
  const { rows } = await client.query<Row>(hold(columns), [shown, identities]);
  return rows;
}

function toRecord(input: NewExperiment, sweepId: string | null) {
  const { name, tags, priority, dataset, loss, device } = input.config;
  return {
    id: randomUUID() as string,
    config: input.config,
    sources: input.sources,
    provenance: input.provenance,
    identity: input.identity,
    dedup_identity: input.force ? null : input.identity,
    reuses: input.reuses ?? null,
    name,
    tags,
    priority,
    dataset,
    loss,
    device,
    sweep_id: sweepId,
  };
}
