import { allowedValues, experimentFields, readMetricColumn, runStates } from '@spherelab/config';

/** Something of which experiments have a value: its SQL, the type that orders it, and all that it can be where that is a list. */
export type ListColumn = {
  readonly sql: string;
  readonly type: 'jsonb' | 'timestamptz' | 'int' | 'text';
  readonly allowed?: readonly unknown[] | undefined;
};

const stored: Readonly<Record<string, ListColumn>> = {
  id: { sql: 'id::text', type: 'text' },
  created_at: { sql: 'created_at', type: 'timestamptz' },
  updated_at: { sql: 'updated_at', type: 'timestamptz' },
  priority: { sql: 'priority', type: 'int' },
  steps_done: { sql: 'steps_done', type: 'int' },
  name: { sql: `coalesce(name, '')`, type: 'text' },
  notes: { sql: `coalesce(notes, '')`, type: 'text' },
  tags: { sql: `array_to_string(tags, ' ')`, type: 'text' },
  status: { sql: 'status::text', type: 'text', allowed: runStates },
  dataset: { sql: 'dataset', type: 'text' },
  loss: { sql: 'loss', type: 'text', allowed: allowedValues('loss') },
};

/** What may be named, for people. */
export const listColumnsText =
  `${Object.keys(stored).join(', ')}, any field of the config (lr, sec_wei, ...), and a metric of the last or the best evaluation ` +
  '(recall_at_1, nmi, best.map_at_r, ...)';

/**
 * The column of a name; null where there is none. JSON orders numbers as numbers and text as text; what an experiment does not have
 * comes before all of them.
 */
export function listColumn(name: string): ListColumn | null {
  const own = Object.hasOwn(stored, name) ? stored[name] : undefined;
  if (own !== undefined) return own;
  const measured = metricColumn(name);
  if (measured !== null || !(experimentFields as readonly string[]).includes(name)) return measured;
  return { sql: `coalesce(config -> '${name}', 'null')`, type: 'jsonb', allowed: allowedValues(name) };
}

/** The column of a metric, of the last evaluation (as nmi or last.nmi) or the best (best.nmi); null where the name is none. */
export function metricColumn(name: string): ListColumn | null {
  const column = readMetricColumn(name);
  if (column === null) return null;
  const { evaluation, metric } = column;
  // A run that has not ended has no result, but its newest evaluation.
  const newest = evaluation === 'last' ? `, latest #> '{metrics,${metric}}'` : '';
  return { sql: `coalesce(result #> '{${evaluation},metrics,${metric}}'${newest}, 'null')`, type: 'jsonb' };
}

/** The column to sort by: texts of any length are none, since the cursor of a page holds the value. */
export function sortColumn(name: string): ListColumn | null {
  return name === 'notes' || name === 'tags' ? null : listColumn(name);
}

/** One condition of a filter. */
export type Condition = {
  readonly column: ListColumn;
  readonly operator: '=' | '<>' | '<' | '<=' | '>' | '>=';
  readonly value: string | number | boolean;
};

const written = /^([a-z][\w.]*)\s*(>=|<=|!=|=|>|<)\s*(\S.*)$/i;

/** Reads `sec_wei>0, lr=0.001`. @throws RangeError that says what is wrong with which condition */
export function readConditions(text: string): Condition[] {
  if (/[\0\p{Surrogate}]/u.test(text)) throw new RangeError('a filter has no NUL and no half of a surrogate pair');
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(readCondition);
}

function readCondition(part: string): Condition {
  const [, name, operator, given] = written.exec(part) ?? [];
  if (name === undefined || given === undefined) {
    throw new RangeError(`"${part}" is no condition: write a field, one of = != < <= > >=, and a value, as sec_wei>0`);
  }
  const column = listColumn(name);
  if (column === null) throw new RangeError(`"${name}" is no column; allowed: ${listColumnsText}`);
  const value = readValue(given);
  const isNumber = typeof value === 'number';
  if (column.type === 'int' && !(Number.isInteger(value) && Math.abs(value as number) < 2 ** 31)) {
    throw new RangeError(`${name} is a whole number (got "${given}")`);
  }
  const isTime = column.type === 'timestamptz';
  if (isTime && (!/^\d{4}-\d\d-\d\d/.test(given) || Number.isNaN(Date.parse(given)))) {
    throw new RangeError(`${name} is a time such as 2026-11-26 (got "${given}")`);
  }
  if (column.allowed !== undefined && !column.allowed.includes(value)) {
    throw new RangeError(`${name} is one of ${column.allowed.join(', ')} (got "${given}")`);
  }
  const meant = isTime ? new Date(given).toISOString() : column.type === 'text' && isNumber ? given : value;
  return { column, operator: (operator === '!=' ? '<>' : operator) as Condition['operator'], value: meant };
}

function readValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isFinite(number) ? number : text.replace(/^"(.*)"$/, '$1');
}

/** SQL of a condition; `bind` gives the placeholder of a value. JSON is compared with its own kind only. */
export function conditionSql({ column, operator, value }: Condition, bind: (value: unknown) => string): string {
  if (column.type !== 'jsonb') return `${column.sql} ${operator} ${bind(String(value))}::text::${column.type}`;
  const given = `${bind(JSON.stringify(value))}::jsonb`;
  const isOfItsKind = `jsonb_typeof(${column.sql}) = ${bind(typeof value)}`;
  const holds = `(${column.sql} ${operator} ${given} AND ${isOfItsKind})`;
  return operator === '<>' ? `(${holds} OR jsonb_typeof(${column.sql}) <> ${bind(typeof value)})` : holds;
}
