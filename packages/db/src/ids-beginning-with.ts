import type { Queryable } from './database.ts';

export type NamedId = { readonly kind: 'experiment' | 'sweep' | 'study'; readonly id: string };

const lowest = '00000000-0000-0000-0000-000000000000';
const highest = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The first and the last id that begin so: hexadecimal digits and dashes as an id has them. */
export function idBounds(prefix: string): [low: string, high: string] {
  return [prefix + lowest.slice(prefix.length), prefix + highest.slice(prefix.length)];
}

/**
 * Ids of experiments, sweeps and studies that begin with `prefix`, hexadecimal digits and dashes as an id has them; at most `limit` of
 * each kind.
 */
export async function idsBeginningWith(client: Queryable, prefix: string, limit: number): Promise<NamedId[]> {
  const { rows } = await client.query<NamedId>(
    `(SELECT 'experiment' AS kind, id FROM experiment WHERE id BETWEEN $1::uuid AND $2::uuid ORDER BY id LIMIT $3)
     UNION ALL (SELECT 'sweep', id FROM sweep WHERE id BETWEEN $1::uuid AND $2::uuid ORDER BY id LIMIT $3)
     UNION ALL (SELECT 'study', id FROM study WHERE id BETWEEN $1::uuid AND $2::uuid ORDER BY id LIMIT $3)`,
    [...idBounds(prefix), limit],
  );
  return rows;
}
