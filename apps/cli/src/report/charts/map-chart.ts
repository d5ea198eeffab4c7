import type { EvaluationDetail } from '../../server/report-types.ts';
import { html, type Markup } from '../markup.ts';
import { domainOf, scaleOf } from './chart-frame.ts';
import { colourCount } from './line-chart.ts';

const side = 400;

/** Two principal components of the evaluated embeddings; classes share eight colours. */
export function mapChart({ map, pictures, step }: EvaluationDetail, name: string): Markup {
  const x = scaleOf(domainOf(map.points.map(([, across]) => across)), 0, side);
  const y = scaleOf(domainOf(map.points.map(([, , up]) => up)), side, 0);
  const paths = Array.from({ length: colourCount }, (_, colour) =>
    map.points
      .filter(([picture]) => (pictures[picture]?.label ?? 0) % colourCount === colour)
      .map(([, across, up]) => `M${x(across)} ${y(up)}h0`)
      .join(''),
  );
  const shares = map.explained.map((share) => `${(100 * share).toFixed(0)} %`).join(' and ');
  return html`<figure class="map"><figcaption>${name}, step ${step}</figcaption>
<svg viewBox="0 0 ${side} ${side}" role="img" aria-label="Map of ${map.points.length} embeddings of ${name}">${paths.map(
    (path, colour) => html`<path class="dots c${colour}" d="${path}"/>`,
  )}</svg>
<p class="small">${map.points.length} images; ${shares} of the variance</p></figure>`;
}
