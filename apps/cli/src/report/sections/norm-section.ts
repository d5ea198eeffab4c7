import { histogramChart, type NamedNorms } from '../charts/histogram-chart.ts';
import { html, type Markup } from '../markup.ts';
import type { ReportData } from '../report-data.ts';

/** Histograms of the norms of the last evaluation: pairs over one another where there are any, else each alone. */
export function normSection({ groups, beside }: Pick<ReportData, 'groups' | 'beside'>): Markup | '' {
  const named = groups.map(({ label, norms }): NamedNorms | null => norms && { name: label, evaluation: norms });
  const isThere = (one: NamedNorms | null | undefined): one is NamedNorms => one !== null && one !== undefined;
  const pairs = beside.map((places) => places.map((at) => named[at]).filter(isThere));
  const charts = (pairs.length > 0 ? pairs : named.filter(isThere).map((one) => [one])).filter(
    (some) => some.length > 0,
  );
  if (charts.length === 0) return '';
  return html`<section><h2>Norms of the embeddings</h2><p class="small">Of the last evaluation of the first run, each divided by its mean.</p><div class="norms">${charts.map(histogramChart)}</div></section>`;
}
