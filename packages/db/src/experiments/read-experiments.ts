import type { RunState } from '@spherelab/config';
import type { Queryable } from '../database.ts';
import { CursorError, type Page, pageOf, readCursor, timeOfCursor } from '../page.ts';
import { type ExperimentFilter, filterSql, whereSql } from './experiment-filter.ts';
import type { Experiment } from './experiment-row.ts';
import { type ListColumn, listColumnsText, sortColumn } from './list-columns.ts';

export type ExperimentOrder = {
  /** name of a column; `created_at`, newest first, by default */
  readonly sort?: string | undefined;
  readonly descending?: boolean | undefined;
};
export type ExperimentPage = ExperimentFilter &
  ExperimentOrder & { readonly cursor?: string | undefined; readonly limit: number };

/** The key of a row as text that finds its place again: times to the millisecond that is stored. */
function keyText({ sql, type }: ListColumn): string {
  return type === 'timestamptz'
    ? `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
    : `(${sql})::text`;
}

/** One experiment, or null. */
export async function getExperiment(client: Queryable, id: string): Promise<Experiment | null> {
  const { rows } = await client.query<Experiment>('SELECT * FROM experiment WHERE id = $1', [id]);
  return rows[0] ?? null;
}

/** The states of those that there are. */
export async function experimentStatuses(client: Queryable, ids: readonly string[]): Promise<Map<string, RunState>> {
  const { rows } = await client.query<Pick<Experiment, 'id' | 'status'>>(
    'SELECT id, status FROM experiment WHERE id = ANY($1::uuid[])',
    [ids],
  );
  return new Map(rows.map(({ id, status }) => [id, status]));
}

/**
 * A page of experiments; new ones first unless sorted otherwise. The cursor is a position, not an offset: rows that come or go
 * meanwhile neither repeat nor hide others.
 * @throws CursorError for a cursor that this function did not make
 */
export async function listExperiments(client: Queryable, page: ExperimentPage): Promise<Page<Experiment>> {
  const { column, sort, direction } = orderSql(page);
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const where = filterSql(page, bind);
  if (page.cursor) {
    const { key, id } = readCursor(page.cursor);
    checkKey(column, key);
    const order = direction === 'DESC' ? '<' : '>';
    where.push(`(${sort}, id) ${order} (${bind(key)}::text::${column.type}, ${bind(id)}::uuid)`);
  }
  const { rows } = await client.query<Experiment & { sort_key: string }>(
    `SELECT *, ${keyText(column)} AS sort_key FROM experiment ${whereSql(where)}
     ORDER BY ${sort} ${direction}, id ${direction} LIMIT ${bind(page.limit + 1)}`,
    values,
  );
  const read = pageOf(rows, page.limit, (row) => ({ key: row.sort_key, id: row.id }));
  return { ...read, items: read.items.map(withoutSortKey) };
}

/** How rows are ordered. @throws RangeError for a name that is no column to sort by */
export function orderSql({ sort: name, descending = false }: ExperimentOrder) {
  const column = sortColumn(name ?? 'created_at');
  if (column === null) throw new RangeError(`sort is ${name}; allowed: ${listColumnsText}`);
  const sort = column.type === 'text' ? `(${column.sql}) COLLATE "C"` : column.sql;
  return { column, sort, direction: name === undefined || descending ? 'DESC' : 'ASC' } as const;
}

/** @throws CursorError for a key that Postgres would refuse as one of the column */
function checkKey({ type }: ListColumn, key: string): void {
  const isKey = {
    text: () => true,
    int: () => /^-?\d{1,9}$/.test(key),
    timestamptz: () => timeOfCursor(key) !== null,
    jsonb: () => !key.includes('\\u') && isPlain(JSON.parse(key)),
  };
  try {
    if (isKey[type]()) return;
  } catch {
    // falls through: the same answer for whatever is wrong with it
  }
  throw new CursorError();
}

/** Whether JSON is what a field of a config can be: text, a number that is one in Postgres too, or a list of such. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return Array.isArray(value) ? value.every(isPlain) : value === null || typeof value !== 'object';
}

function withoutSortKey(row: Experiment & { sort_key?: string }): Experiment {
  const { ...experiment } = row;
  delete experiment.sort_key;
  return experiment;
}
