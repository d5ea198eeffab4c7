import { isRate, metricHeading, metricValue } from '../../output/metric-columns.ts';
import type { SweepTable } from '../../server/report-types.ts';
import { html, type Markup } from '../markup.ts';
import { reportBounds } from '../report-data.ts';
import { settingsText, valueText } from '../settings-text.ts';
import { htmlTable } from './html-table.ts';

/** Metrics that a table of a report has, where they were measured. */
const shown = ['recall_at_1', 'recall_at_2', 'recall_at_4', 'recall_at_8', 'map_at_r', 'nmi', 'ami', 'f1', 'norm_cv'];

/** The table of a sweep: n, mean, sd and interval; then what its rows differ by, in words. */
export function sweepSection(table: SweepTable): Markup {
  const metrics = shown.filter((name) => table.metrics.includes(name));
  return html`<section><h2>Results</h2>
${htmlTable(
  [...table.fields, 'n', ...metrics.map((name) => (isRate(name) ? `${metricHeading(name)}, %` : metricHeading(name)))],
  table.rows
    .slice(0, reportBounds.rows)
    .map((row) => [
      ...table.fields.map((field) => valueText(row.settings[field])),
      `${row.n}${row.n < row.total ? ` of ${row.total}` : ''}${row.mixed ? ' *' : ''}`,
      ...metrics.map((name) => cell(name, row.metrics[name])),
    ]),
  { numbersFrom: table.fields.length },
)}
<p class="small">${spreadNote(table)}${
    table.rows.some(({ mixed }) => mixed)
      ? ' * mixes results of several versions of the code, or of several contents of the data set.'
      : ''
  }</p>
${pairTables(table, metrics)}</section>`;
}

function spreadNote({ rows }: SweepTable): string {
  const most = Math.max(0, ...rows.map(({ n }) => n));
  if (most === 0) return 'No run has ended with a result yet.';
  if (most === 1) return "Of each run's last evaluation: one run each, so there is no interval.";
  return "Of each run's last evaluation: the mean over seeds, its 95 % interval (Student t), and sd, the standard deviation of the runs.";
}

function cell(name: string, summary: SweepTable['rows'][number]['metrics'][string] | undefined): Markup | string {
  if (summary === undefined) return '';
  const { mean, sd, ci95 } = summary;
  if (sd === null) return metricValue(name, mean);
  const interval = ci95 === null ? '' : `[${ci95.map((bound) => metricValue(name, bound)).join(', ')}]`;
  return html`<strong>${metricValue(name, mean)}</strong><span class="spread">${interval}</span><span class="spread">sd ${metricValue(name, sd)}</span>`;
}

function pairTables({ pairs }: SweepTable, metrics: readonly string[]): Markup | '' {
  if (pairs.length === 0) return '';
  const told = metrics.filter((name) => pairs.some((pair) => pair.metrics[name] !== undefined));
  return html`<h2>Paired differences</h2>
${htmlTable(
  ['row', 'minus', ...told.map(metricHeading)],
  pairs
    .slice(0, reportBounds.pairs)
    .map((pair) => [
      settingsText(pair.treatment),
      `${pair.field} ${valueText(pair.baseline[pair.field])}`,
      ...told.map((name) => differenceCell(pair.metrics[name])),
    ]),
  { numbersFrom: 99 },
)}
<p class="small">Runs of the same seed (and fold), the row minus its baseline: mean and 95 % interval. "within noise": the interval holds 0. Of forty differences that are nothing, about two are told as something.</p>`;
}

function differenceCell(difference: { readonly verdict: string; readonly text: string } | undefined): Markup | string {
  if (difference === undefined) return '';
  const tells = difference.verdict === 'higher' || difference.verdict === 'lower';
  return html`<span class="difference ${tells ? 'tells' : 'muted'}">${difference.text}</span>`;
}
