import type { RunState } from '@spherelab/config';
import { idBounds } from '../ids-beginning-with.ts';
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
/** Rows that one beginning of an id may stand for. */
const mostOfPrefix = 1_000;

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
  const words = filter.q?.split(/[\s·+]+/).filter((part) => part !== '') ?? [];
  if (words.length > 0) {
    const found = words.map((word) => {
      const inTitle = `title ILIKE ${bind(`%${escapeLike(word)}%`)}`;
      const mayBeId = /^[0-9a-f-]{4,36}$/i.test(word);
      return mayBeId ? `(${inTitle} OR id::text LIKE ${bind(`${word.toLowerCase()}%`)})` : inTitle;
    });
    // The title is put together once for all words: OFFSET keeps it from being written into each condition.
    where.push(`EXISTS (SELECT FROM (SELECT ${searched} AS title OFFSET 0) AS shown WHERE ${found.join(' AND ')})`);
  }
  if (filter.ids) {
    const bounds = filter.ids.map(idBounds);
    const [low, high] = [bind(bounds.map(([first]) => first)), bind(bounds.map(([, last]) => last))];
    // LIMIT keeps each a look into the index; joined, all rows would be compared with all bounds.
    where.push(`id IN (SELECT listed.id FROM unnest(${low}::uuid[], ${high}::uuid[]) AS bounds(low, high)
      CROSS JOIN LATERAL (SELECT id FROM experiment WHERE id BETWEEN low AND high LIMIT ${mostOfPrefix}) AS listed)`);
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
