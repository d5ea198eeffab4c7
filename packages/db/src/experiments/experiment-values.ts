import type { Queryable } from '../database.ts';
import { type ExperimentFilter, filterSql, whereSql } from './experiment-filter.ts';
import type { ListColumn } from './list-columns.ts';
import { type ExperimentOrder, orderSql } from './read-experiments.ts';

/** The values of columns for every experiment that a filter finds: null, text, numbers, lists as JSON has them; times as ISO text. */
export async function experimentValues(
  client: Queryable,
  filter: ExperimentFilter & ExperimentOrder,
  columns: readonly ListColumn[],
): Promise<unknown[][]> {
  const values: unknown[] = [];
  const where = filterSql(filter, (value) => `$${values.push(value)}`);
  const { sort, direction } = orderSql(filter);
  const { rows } = await client.query<{ row: unknown[] }>(
    `SELECT jsonb_build_array(${columns.map(({ sql }) => sql).join(', ')}) AS row FROM experiment ${whereSql(where)}
     ORDER BY ${sort} ${direction}, id ${direction}`,
    values,
  );
  return rows.map(({ row }) => row);
}
