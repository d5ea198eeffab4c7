import type { RunState } from '@spherelab/config';
import { type Condition, conditionSql } from './list-columns.ts';

/** Which experiments are meant; what is left out restricts nothing. */
export type ExperimentFilter = {
  readonly status?: readonly RunState[] | undefined;
  readonly dataset?: string | undefined;
  readonly loss?: string | undefined;
  readonly sweep?: string | undefined;
  readonly tag?: string | undefined;
  /** words of the title that the page shows or of the notes, or an id's beginning */
  readonly q?: string | undefined;
  /** ids, or what they begin with */
  readonly ids?: readonly string[] | undefined;
  readonly conditions?: readonly Condition[] | undefined;
};

/** What a title says of an experiment, with its notes, in one text; each word of a search is looked for in it. */
const searched = `concat_ws(' ', name, dataset, loss, array_to_string(tags, ' '), notes,
  CASE WHEN config ->> 'sec_wei' <> '0' THEN 'SEC ' || (config ->> 'sec_wei') END,
  CASE WHEN config ->> 'l2reg_wei' <> '0' THEN 'L2-reg ' || (config ->> 'l2reg_wei') END,
  'seed ' || (config ->> 'seed'))`;
const lowest = '00000000-0000-0000-0000-000000000000';
const highest = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The conditions of a filter on rows of `experiment`, in SQL; `bind` gives the placeholder of a value. */
export function filterSql(filter: ExperimentFilter, bind: (value: unknown) => string): string[] {
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
    where.push(`(${searched} ILIKE ${bind(`%${escapeLike(word)}%`)} OR ${isId})`);
  }
  if (filter.ids) {
    const [low, high] = [lowest, highest].map((end) => bind(filter.ids?.map((id) => id + end.slice(id.length))));
    where.push(`id IN (SELECT listed.id FROM unnest(${low}::uuid[], ${high}::uuid[]) AS bounds(low, high)
      JOIN experiment AS listed ON listed.id BETWEEN low AND high)`);
  }
  for (const condition of filter.conditions ?? []) where.push(conditionSql(condition, bind));
  return where;
}

/** `WHERE ...`, or nothing. */
export function whereSql(conditions: readonly string[]): string {
  return conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
