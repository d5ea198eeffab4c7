import { html, type Markup } from '../markup.ts';
import type { ReportGroup } from '../report-data.ts';
import { valueText } from '../settings-text.ts';
import { htmlTable } from './html-table.ts';

/** What the results come from, in the order in which they are told; then the rest by name. */
const first = ['cpu', 'tensorflow', 'numerics', 'data_sha256', 'weights_file_sha256'];

/** Processor, engine, code and content that the runs had; several values where they differ. */
export function environmentSection(groups: readonly ReportGroup[]): Markup | '' {
  const runs = groups.flatMap((group) => group.runs);
  const environments = runs.flatMap(({ environment }) => (environment === null ? [] : [environment]));
  if (environments.length === 0) return '';
  const names = [...new Set([...first, ...environments.flatMap((one) => Object.keys(one)).sort()])];
  const rows = names.map((name) => [name, [...new Set(environments.map((one) => valueText(one[name])))].join(', ')]);
  const code = runs.map(({ id, config }) => `${id} seed ${valueText(config.seed)}`);
  return html`<section><h2>Environment</h2>
<p class="small">Of the ${environments.length} runs that are told of here; several values where they differ.</p>
${htmlTable(['what', 'value'], rows, { numbersFrom: 99 })}
<details><summary>Runs</summary><ul class="runs">${code.map((text) => html`<li><code>${text}</code></li>`)}</ul></details></section>`;
}
