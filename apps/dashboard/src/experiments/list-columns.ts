import type { Experiment } from '../api/types.ts';
import { groupedBy } from '../compare/differing-fields.ts';
import { latestMetric } from '../words/experiment-title.ts';
import { isInPercent, metricName, metricText } from '../words/metric-text.ts';
import { valueText } from '../words/settings-text.ts';
import { agoText } from '../words/time-text.ts';

/** A column of the list: what it is called, how wide it is, and what a row says in it. */
export type ListColumn = {
  /** as the API sorts by it */
  readonly name: string;
  readonly text: string;
  readonly width: string;
  readonly isNumber: boolean;
  /** what is best comes first at the first press */
  readonly isBestHigh: boolean;
  readonly canSort: boolean;
  readonly value: (experiment: Experiment) => string;
};

export const defaultColumns = 'tags,progress,recall_at_1,nmi,norm_cv,created_at';
const metric = /^(?:(best)\.)?((?:train_)?recall_at_\d+|nmi|ami|f1|map_at_r|r_precision|norm_cv)$/;
const drawn = new Set(['tags', 'progress']);

/** The column of a name. */
export function listColumn(name: string): ListColumn {
  const [, best, measured] = metric.exec(name) ?? [];
  if (measured !== undefined) {
    return {
      name,
      text: `${best === undefined ? '' : 'best '}${metricName(measured)}`,
      width: best === undefined ? '64px' : '88px',
      isNumber: true,
      isBestHigh: isInPercent(measured),
      canSort: true,
      value: (experiment) =>
        metricText(
          measured,
          best === undefined ? latestMetric(experiment, measured) : bestMetric(experiment, measured),
        ),
    };
  }
  const isTime = name === 'created_at' || name === 'updated_at';
  const text = { tags: 'Tags', progress: 'Progress', created_at: 'Created', updated_at: 'Changed', notes: 'Notes' }[
    name
  ];
  return {
    name,
    text: text ?? name,
    width:
      { tags: 'minmax(90px, 1fr)', progress: 'minmax(150px, 1.1fr)', notes: 'minmax(120px, 1.5fr)' }[name] ?? '92px',
    isNumber: !drawn.has(name) && name !== 'notes',
    isBestHigh: isTime,
    canSort: name !== 'tags' && name !== 'progress' && name !== 'notes',
    value: (experiment) => (isTime ? agoText(experiment[name]) : storedText(experiment, name)),
  };
}

function storedText(experiment: Experiment, name: string): string {
  if (name === 'notes') return experiment.notes ?? '';
  if (name === 'priority' || name === 'steps_done' || name === 'id') return String(experiment[name]);
  return name in experiment.config ? valueText(experiment.config[name]) : '';
}

function bestMetric({ result }: Experiment, name: string): number | undefined {
  const best = result?.best as { metrics?: Record<string, number> } | undefined;
  return best?.metrics?.[name];
}

/** Fields of the configs. */
export function settingFields(items: readonly Experiment[]): string[] {
  const labels = ['name', 'tags', 'priority'];
  return [...new Set(items.flatMap(({ config }) => Object.keys(config)))].filter((name) => !labels.includes(name));
}

/** Columns that can be chosen: what is kept and measured of every run, then the fields of the configs. */
export function columnChoices(settings: readonly string[]): string[] {
  const rates = ['recall_at_1', 'map_at_r', 'r_precision', 'nmi', 'ami', 'f1'];
  const measured = [...rates, 'norm_cv', 'train_recall_at_1', ...rates.map((name) => `best.${name}`)];
  const kept = ['tags', 'progress', 'steps_done', 'created_at', 'updated_at', 'priority', 'notes', 'id'];
  return [...kept, ...measured, ...settings];
}

/** What a title names already. */
const titled = new Set(['dataset', 'loss', 'sec_wei', 'l2reg_wei', 'seed', 'name', 'tags', 'priority']);
/** Fields told behind a title. */
const told = 3;

/**
 * For each title that several rows share, the fields of the config that tell them apart beyond it and the columns; a field that follows
 * from those before it (lr_p from lr) is not told.
 */
export function fieldsToTell(
  items: readonly Experiment[],
  columns: readonly ListColumn[],
): ReadonlyMap<string, readonly string[]> {
  const shown = new Set(columns.map(({ name }) => name));
  const alike = groupedBy(items, titleKey);
  return new Map([...alike].map(([key, rows]) => [key, tellingFields(rows, shown)]));
}

/** What rows with the same title have in common. */
export function titleKey({ name, config }: Experiment): string {
  return JSON.stringify([name, ...['dataset', 'loss', 'sec_wei', 'l2reg_wei', 'seed'].map((field) => config[field])]);
}

function tellingFields(rows: readonly Experiment[], shown: ReadonlySet<string>): string[] {
  const [first, ...others] = rows;
  if (first === undefined || others.length === 0) return [];
  const varying = Object.keys(first.config).filter(
    (field) =>
      !titled.has(field) &&
      !shown.has(field) &&
      others.some(({ config }) => !isSame(config[field], first.config[field])),
  );
  const chosen: string[] = [];
  for (const field of varying) {
    if (chosen.length < told && !follows(rows, field, chosen)) chosen.push(field);
  }
  return chosen;
}

/** Whether rows that are alike in the fields before are alike in this one too. */
function follows(rows: readonly Experiment[], field: string, before: readonly string[]): boolean {
  if (before.length === 0) return false;
  const groups = groupedBy(rows, ({ config }) => JSON.stringify(before.map((name) => config[name])));
  return [...groups.values()].every((group) =>
    group.every(({ config }) => isSame(config[field], group[0]?.config[field])),
  );
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}
