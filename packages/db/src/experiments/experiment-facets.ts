import type { RunState } from '@spherelab/config';
import type { Queryable } from '../database.ts';

/** What a list of experiments can be filtered by, and how many there are. */
export type ExperimentFacets = {
  readonly statuses: Readonly<Partial<Record<RunState, number>>>;
  readonly datasets: Readonly<Record<string, number>>;
  readonly losses: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, number>>;
};

/** Tags that are told: those on most experiments. */
const tagsTold = 100;

/** Counts over all experiments. */
export async function experimentFacets(client: Queryable): Promise<ExperimentFacets> {
  const { rows } = await client.query<{ facet: keyof ExperimentFacets; value: string; number: number }>(
    `SELECT 'statuses' AS facet, status::text AS value, count(*) AS number FROM experiment GROUP BY status
     UNION ALL SELECT 'datasets', dataset, count(*) FROM experiment GROUP BY dataset
     UNION ALL SELECT 'losses', loss, count(*) FROM experiment GROUP BY loss
     UNION ALL (SELECT 'tags', tag, count(*) FROM experiment, unnest(tags) AS tag GROUP BY tag
       ORDER BY count(*) DESC, tag LIMIT ${tagsTold})`,
  );
  const facet = (name: keyof ExperimentFacets): Record<string, number> =>
    Object.fromEntries(rows.filter((row) => row.facet === name).map(({ value, number }) => [value, number]));
  return { statuses: facet('statuses'), datasets: facet('datasets'), losses: facet('losses'), tags: facet('tags') };
}
