import type { Queryable } from '../database.ts';

/**
 * A mark for each experiment that there is, which is another one once its row, its metrics, its log or its evaluations changed: one
 * statement for however many are followed, a few looks into indexes for each.
 */
export async function experimentMarks(client: Queryable, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ id: string; mark: string }>(
    `SELECT id, concat_ws(' ', xmin,
       (SELECT seq FROM metric WHERE experiment_id = experiment.id ORDER BY seq DESC LIMIT 1),
       (SELECT log_line.id FROM log_line WHERE experiment_id = experiment.id ORDER BY log_line.id DESC LIMIT 1),
       (SELECT concat(count(*), '/', max(step)) FROM evaluation_view WHERE experiment_id = experiment.id)) AS mark
     FROM experiment WHERE id = ANY($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map(({ id, mark }) => [id, mark]));
}
