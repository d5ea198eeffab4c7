import type { EvaluationDetail } from '../../server/report-types.ts';
import { mapChart } from '../charts/map-chart.ts';
import { html, type Markup } from '../markup.ts';
import { shownQueries } from '../read-pictures.ts';
import { type ReportData, reportBounds } from '../report-data.ts';

type Pictures = ReportData['pictures'];
type Named = { readonly label: string; readonly detail: EvaluationDetail };

function namedDetails({ groups }: Pick<ReportData, 'groups'>): Named[] {
  return groups.flatMap(({ label, detail }) => (detail === null ? [] : [{ label, detail }]));
}

/** The nearest neighbours of a few queries, the hardest first, with their pictures. */
export function neighbourSection(data: Pick<ReportData, 'groups' | 'pictures'>): Markup | '' {
  const named = namedDetails(data);
  if (named.length === 0) return '';
  return html`<section><h2>Neighbours</h2>
<p class="small">The hardest queries of the last evaluation, then some that were chosen without looking; each with its ${reportBounds.neighbours} nearest images. ✓ is of the same class, ✗ of another.</p>
${named.map(
  ({
    label,
    detail,
  }) => html`<h3>${label}</h3><p class="small">${detail.queries_failed} of ${detail.queries_ranked} queries have a wrong image nearest.</p>
${shownQueries(detail).map((query) => queryRow(detail, query, data.pictures))}`,
)}</section>`;
}

function queryRow(detail: EvaluationDetail, query: EvaluationDetail['queries'][number], pictures: Pictures): Markup {
  return html`<div class="query"><div class="asked">${picture(detail, query.picture, pictures)}<span>${className(detail.pictures[query.picture]?.path)}</span></div>
<ol>${query.neighbours
    .slice(0, reportBounds.neighbours)
    .map(
      ({ picture: place, cosine, right }) =>
        html`<li class="${right ? 'right' : 'wrong'}">${picture(detail, place, pictures)}<span>${right ? '✓' : '✗'} ${cosine.toFixed(2)}</span></li>`,
    )}</ol></div>`;
}

/** A picture, or where there is none its path. */
function picture({ pictures: all }: EvaluationDetail, place: number, pictures: Pictures): Markup {
  const { sha256 = '', path = '' } = all[place] ?? {};
  const uri = pictures.get(sha256);
  return uri === undefined
    ? html`<span class="no-picture">${path}</span>`
    : html`<img src="${uri}" alt="${path}" title="${path}" width="64" height="64">`;
}

/** The folder that an image lies in is its class. */
function className(path: string | undefined): string {
  const parts = (path ?? '').split('/');
  return parts.at(-2) ?? parts[0] ?? '';
}

/** Maps of the last evaluations. */
export function mapSection(data: Pick<ReportData, 'groups'>): Markup | '' {
  const named = namedDetails(data);
  if (named.length === 0) return '';
  return html`<section><h2>Maps</h2><p class="small">Two principal components of the embeddings; a colour is shared by every eighth class.</p>
<div class="maps">${named.map(({ label, detail }) => mapChart(detail, label))}</div></section>`;
}
