import type { RunState } from '@spherelab/config';
import type { Queryable } from '../database.ts';
import { type Page, pageOf, readCursor } from '../page.ts';
import type { Experiment } from './experiment-row.ts';

export const experimentSorts = [
  'created_at',
  'updated_at',
  'name',
  'priority',
  'status',
  'dataset',
  'loss',
  'recall_at_1',
] as const;
export type ExperimentSort = (typeof experimentSorts)[number];

export type ExperimentFilter = {
  readonly status?: readonly RunState[] | undefined;
  readonly dataset?: string | undefined;
  readonly loss?: string | undefined;
  readonly sweep?: string | undefined;
  readonly tag?: string | undefined;
  /** part of the name, an id's beginning, a data set, loss or tag */
  readonly q?: string | undefined;
  readonly sort?: ExperimentSort | undefined;
  readonly descending?: boolean | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
};

/** What is compared, as text that sorts like the value and survives the way through a cursor. */
const sortKeys: Readonly<Record<ExperimentSort, string>> = {
  created_at: `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS')`,
  updated_at: `to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS')`,
  name: `coalesce(name, '')`,
  priority: `to_char(priority, 'FM000000')`,
  status: 'status::text',
  dataset: 'dataset',
  loss: 'loss',
  // of the last evaluation; runs without a result are lowest
  recall_at_1: `to_char(coalesce((result #>> '{last,metrics,recall_at_1}')::float8, 0), 'FM0.00000000')`,
};

/** One experiment, or null. */
export async function getExperiment(client: Queryable, id: string): Promise<Experiment | null> {
  const { rows } = await client.query<Experiment>('SELECT * FROM experiment WHERE id = $1', [id]);
  return rows[0] ?? null;
}

/**
 * A page of experiments; new ones first unless sorted otherwise. The cursor is a position, not an offset: rows that come or go
 * meanwhile neither repeat nor hide others.
 * @throws CursorError for a cursor that this function did not make
 */
export async function listExperiments(client: Queryable, filter: ExperimentFilter): Promise<Page<Experiment>> {
  const sort = sortKeys[filter.sort ?? 'created_at'];
  const descending = filter.sort === undefined ? true : (filter.descending ?? false);
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const where: string[] = [];
  if (filter.status) where.push(`status::text = ANY(${bind(filter.status)}::text[])`);
  if (filter.dataset) where.push(`dataset = ${bind(filter.dataset)}`);
  if (filter.loss) where.push(`loss = ${bind(filter.loss)}`);
  if (filter.tag) where.push(`${bind(filter.tag)} = ANY(tags)`);
  if (filter.sweep) {
    where.push(`id IN (SELECT experiment_id FROM sweep_member WHERE sweep_id = ${bind(filter.sweep)}::uuid)`);
  }
  if (filter.q) {
    const part = bind(`%${escapeLike(filter.q)}%`);
    where.push(`(name ILIKE ${part} OR dataset ILIKE ${part} OR loss ILIKE ${part} OR array_to_string(tags, ' ') ILIKE ${part}
      OR id::text LIKE ${bind(`${escapeLike(filter.q.toLowerCase())}%`)})`);
  }
  if (filter.cursor) {
    const { key, id } = readCursor(filter.cursor);
    const order = descending ? '<' : '>';
    where.push(`(${sort} COLLATE "C", id) ${order} (${bind(key)}::text, ${bind(id)}::uuid)`);
  }
  const direction = descending ? 'DESC' : 'ASC';
  const { rows } = await client.query<Experiment & { sort_key: string }>(
    `SELECT *, ${sort} AS sort_key FROM experiment ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
     ORDER BY ${sort} COLLATE "C" ${direction}, id ${direction} LIMIT ${bind(filter.limit + 1)}`,
    values,
  );
  const page = pageOf(rows, filter.limit, (row) => ({ key: row.sort_key, id: row.id }));
  return { ...page, items: page.items.map(withoutSortKey) };
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}

function withoutSortKey(row: Experiment & { sort_key?: string }): Experiment {
  const { ...experiment } = row;
  delete experiment.sort_key;
  return experiment;
}
