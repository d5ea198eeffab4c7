import type { RunState } from '@spherelab/config';
import type { Queryable } from '../database.ts';
import { type ExperimentFilter, filterSql, whereSql } from './experiment-filter.ts';
import type { ListColumn } from './list-columns.ts';

/** Experiments with the same values in some columns. */
export type ExperimentGroup = {
  /** one for each column that groups, in order */
  readonly values: readonly unknown[];
  readonly statuses: Readonly<Partial<Record<RunState, number>>>;
  /** of the measured column, of those that succeeded */
  readonly measured: readonly number[];
  readonly best_id: string | null;
};

const asJson = ({ sql }: ListColumn) => `to_jsonb(${sql})`;

/**
 * Groups of what a filter finds, in the order of their values, at most `limit`.
 * @param measured column of a metric
 */
export async function groupExperiments(
  client: Queryable,
  filter: ExperimentFilter,
  by: readonly ListColumn[],
  measured: ListColumn,
  limit: number,
): Promise<ExperimentGroup[]> {
  const values: unknown[] = [];
  const where = filterSql(filter, (value) => `$${values.push(value)}`);
  const keys = by.map((column, at) => `${asJson(column)} AS key_${at}`);
  const names = by.map((_, at) => `key_${at}`).join(', ');
  const { rows } = await client.query<ExperimentGroup>(
    `WITH found AS (SELECT id, status, ${keys.join(', ')},
       CASE WHEN status = 'succeeded' AND jsonb_typeof(${measured.sql}) = 'number' THEN (${measured.sql})::float8 END AS value
       FROM experiment ${whereSql(where)}),
     counted AS (SELECT ${names}, status, count(*) AS number FROM found GROUP BY ${names}, status),
     states AS (SELECT ${names}, jsonb_object_agg(status, number) AS statuses FROM counted GROUP BY ${names}),
     measured AS (SELECT ${names}, coalesce(array_agg(value) FILTER (WHERE value IS NOT NULL), '{}') AS measured,
       (array_agg(id ORDER BY value DESC, id) FILTER (WHERE value IS NOT NULL))[1] AS best_id FROM found GROUP BY ${names})
     SELECT jsonb_build_array(${names}) AS values, statuses, measured, best_id
     FROM states JOIN measured USING (${names}) ORDER BY ${names} LIMIT $${values.push(limit)}`,
    values,
  );
  return rows;
}
