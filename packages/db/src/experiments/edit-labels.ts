import type { Queryable } from '../database.ts';
import type { Experiment } from './experiment-row.ts';

/** What people write on an experiment; what is left out stays as it is. */
export type LabelEdit = {
  readonly name?: string | null | undefined;
  readonly notes?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
};

/** Renames, annotates or tags one; none of it is part of what the experiment is. @returns null where there is none */
export async function editLabels(client: Queryable, id: string, edit: LabelEdit): Promise<Experiment | null> {
  const { rows } = await client.query<Experiment>(
    `UPDATE experiment SET
       name = CASE WHEN $2 THEN $3 ELSE name END,
       notes = CASE WHEN $4 THEN $5 ELSE notes END,
       tags = coalesce($6::text[], tags),
       config = config || CASE WHEN $2 THEN jsonb_build_object('name', $3::text) ELSE '{}' END
         || CASE WHEN $6::text[] IS NULL THEN '{}' ELSE jsonb_build_object('tags', $6::text[]) END,
       updated_at = now()
     WHERE id = $1 RETURNING *`,
    [id, edit.name !== undefined, edit.name ?? null, edit.notes !== undefined, edit.notes ?? null, edit.tags ?? null],
  );
  return rows[0] ?? null;
}

/**
 * Adds and removes tags of several; a tag that one has already is not added twice.
 * @param most tags that one may have: one that would have more keeps what it has
 * @returns the rows that were changed
 */
export async function editTags(
  client: Queryable,
  ids: readonly string[],
  { add, remove, most }: { readonly add: readonly string[]; readonly remove: readonly string[]; readonly most: number },
): Promise<Experiment[]> {
  const { rows } = await client.query<Experiment>(
    `WITH found AS (SELECT id, ARRAY(SELECT tag FROM unnest(tags) WITH ORDINALITY AS own(tag, at) WHERE tag <> ALL($3::text[])
         UNION ALL SELECT tag FROM unnest($2::text[]) AS tag WHERE tag <> ALL(tags) AND tag <> ALL($3::text[])) AS edited
       FROM experiment WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE)
     UPDATE experiment SET tags = edited, config = config || jsonb_build_object('tags', edited), updated_at = now()
     FROM found WHERE experiment.id = found.id AND cardinality(edited) <= $4 RETURNING experiment.*`,
    [ids, add, remove, most],
  );
  return rows;
}
