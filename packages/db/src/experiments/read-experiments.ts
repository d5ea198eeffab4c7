import type { RunState } from '@spherelab/config';
import type { Queryable } from '../database.ts';
import { CursorError, type Page, pageOf, readCursor, timeOfCursor } from '../page.ts';
import type { Experiment } from './experiment-row.ts';
import { type Condition, conditionSql, type ListColumn, listColumn, listColumnsText } from './list-columns.ts';

export type ExperimentFilter = {
  readonly status?: readonly RunState[] | undefined;
  readonly dataset?: string | undefined;
  readonly loss?: string | undefined;
  readonly sweep?: string | undefined;
  readonly tag?: string | undefined;
  /** words of the title that the page shows, or an id's beginning */
  readonly q?: string | undefined;
  /** ids, or what they begin with */
  readonly ids?: readonly string[] | undefined;
  readonly conditions?: readonly Condition[] | undefined;
  /** name of a column; `created_at`, newest first, by default */
  readonly sort?: string | undefined;
  readonly descending?: boolean | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
};

/** The key of a row as text that finds its place again: times to the millisecond that is stored. */
function keyText({ sql, type }: ListColumn): string {
  return type === 'timestamptz'
    ? `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
    : `(${sql})::text`;
}

/** What a title says of an experiment, in one text; each word of a search is looked for in it. */
const titleText = `concat_ws(' ', name, dataset, loss, array_to_string(tags, ' '),
  CASE WHEN config ->> 'sec_wei' <> '0' THEN 'SEC ' || (config ->> 'sec_wei') END,
  CASE WHEN config ->> 'l2reg_wei' <> '0' THEN 'L2-reg ' || (config ->> 'l2reg_wei') END,
  'seed ' || (config ->> 'seed'))`;

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
  const column = listColumn(filter.sort ?? 'created_at');
  if (column === null) throw new RangeError(`sort is ${filter.sort}; allowed: ${listColumnsText}`);
  const sort = column.type === 'text' ? `(${column.sql}) COLLATE "C"` : column.sql;
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
  for (const word of filter.q?.split(/[\s·+]+/).filter((part) => part !== '') ?? []) {
    const isId = `id::text LIKE ${bind(`${escapeLike(word.toLowerCase())}%`)}`;
    where.push(`(${titleText} ILIKE ${bind(`%${escapeLike(word)}%`)} OR ${isId})`);
  }
  if (filter.ids) where.push(`id::text LIKE ANY(${bind(filter.ids.map((id) => `${escapeLike(id)}%`))}::text[])`);
  for (const condition of filter.conditions ?? []) where.push(conditionSql(condition, bind));
  if (filter.cursor) {
    const { key, id } = readCursor(filter.cursor);
    checkKey(column, key);
    const order = descending ? '<' : '>';
    where.push(`(${sort}, id) ${order} (${bind(key)}::text::${column.type}, ${bind(id)}::uuid)`);
  }
  const direction = descending ? 'DESC' : 'ASC';
  const { rows } = await client.query<Experiment & { sort_key: string }>(
    `SELECT *, ${keyText(column)} AS sort_key FROM experiment ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
     ORDER BY ${sort} ${direction}, id ${direction} LIMIT ${bind(filter.limit + 1)}`,
    values,
  );
  const page = pageOf(rows, filter.limit, (row) => ({ key: row.sort_key, id: row.id }));
  return { ...page, items: page.items.map(withoutSortKey) };
}

/** @throws CursorError for a key that Postgres would refuse as one of the column */
function checkKey({ type }: ListColumn, key: string): void {
  const isKey = {
    text: () => true,
    int: () => /^-?\d{1,9}$/.test(key),
    timestamptz: () => timeOfCursor(key) !== null,
    jsonb: () => typeof (JSON.parse(key) ?? '') !== 'object' && !key.includes('\\u'),
  };
  try {
    if (isKey[type]()) return;
  } catch {
    // falls through: the same answer for whatever is wrong with it
  }
  throw new CursorError();
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}

function withoutSortKey(row: Experiment & { sort_key?: string }): Experiment {
  const { ...experiment } = row;
  delete experiment.sort_key;
  return experiment;
}
