import { type Child, html, type Markup } from '../markup.ts';
import type { ReportGroup } from '../report-data.ts';
import { valueText } from '../settings-text.ts';
import { htmlTable } from './html-table.ts';

/** They tell runs of a group apart, or are labels that change no number. */
const untold = ['seed', 'fold', 'name', 'tags', 'priority', 'device'];

/** Every value of the configs with its source: first those that all rows share, then those in which they differ. */
export function configSection(groups: readonly ReportGroup[]): Markup | '' {
  const configs = groups.flatMap(({ label, runs: [first] }) => (first === undefined ? [] : [{ label, ...first }]));
  if (configs.length === 0) return '';
  const fields = [...new Set(configs.flatMap(({ config }) => Object.keys(config)))].filter(
    (field) => !untold.includes(field),
  );
  const told = (field: string) => configs.map(({ config, sources }) => toldOf(config[field], sources[field]));
  const isShared = (field: string) => new Set(told(field).map(({ value, source }) => `${value}\n${source}`)).size === 1;
  const shared = fields.filter(isShared);
  const different = fields.filter((field) => !isShared(field));
  return html`<section><h2>Configs</h2>
<p class="small">Every value with its source: user, a file and line of the reference, its README, or ours.</p>
${
  different.length === 0
    ? ''
    : html`<h3>In which rows differ</h3>${htmlTable(
        ['row', ...different],
        configs.map(({ label, config, sources }) => [
          label,
          ...different.map((field): Child => withSource(toldOf(config[field], sources[field]))),
        ]),
        { numbersFrom: 99 },
      )}`
}
<h3>Shared by all rows</h3>
${htmlTable(
  ['field', 'value', 'source'],
  shared.map((field) => {
    const { value = '', source = '' } = told(field)[0] ?? {};
    return [field, value, source];
  }),
  { numbersFrom: 99 },
)}</section>`;
}

type Told = { readonly value: string; readonly source: string };

function toldOf(value: unknown, source: string | undefined): Told {
  return { value: valueText(value), source: source ?? '' };
}

function withSource({ value, source }: Told): Markup {
  return html`${value} <span class="small">${source}</span>`;
}
