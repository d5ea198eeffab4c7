import type { Study } from '../../server/api-types.ts';
import { html, type Markup } from '../markup.ts';
import { chartFrame, size } from './chart-frame.ts';

type Comparison = Study['state']['comparisons'][number];

/** Pairs that the picture has room for from the start. */
const fewestPairs = 6;

/** Mean difference after each pair with the interval that held then; without a cap, a side has no bound. */
export function sequenceChart({ sequence, arm, baseline }: Comparison, minEffect: number): Markup {
  const last = sequence.at(-1);
  const shown = [0, minEffect, ...sequence.map(({ mean }) => mean), last?.low ?? 0, last?.high ?? 0];
  const room = Math.max(0.3 * (Math.max(...shown) - Math.min(...shown)), 0.005);
  const domain = { low: Math.min(...shown) - room, high: Math.max(...shown) + room };
  const inPoints = { low: 100 * domain.low, high: 100 * domain.high };
  return html`<figure><figcaption>Difference after each pair, points, with its interval</figcaption>${chartFrame({
    x: { low: 0.5, high: Math.max(fewestPairs, sequence.length) + 0.5 },
    y: inPoints,
    xTitle: 'pairs',
    label: `${arm} minus ${baseline} after each pair`,
    yText: (tick) => (tick > 0 ? `+${tick}` : String(tick)),
    draw: (x, y) => [
      html`<line class="zero" x1="${size.left}" x2="${size.width - size.right}" y1="${y(0)}" y2="${y(0)}"/>`,
      minEffect > 0
        ? html`<line class="least" x1="${size.left}" x2="${size.width - size.right}" y1="${y(100 * minEffect)}" y2="${y(100 * minEffect)}"/>`
        : '',
      sequence.map(({ n, mean, low, high }) => {
        const [top, bottom] = [y(100 * (high ?? domain.high)), y(100 * (low ?? domain.low))];
        return html`<line class="whisker" x1="${x(n)}" x2="${x(n)}" y1="${top}" y2="${bottom}"/>${
          isShown(high, domain)
            ? html`<line class="whisker" x1="${x(n) - 4}" x2="${x(n) + 4}" y1="${top}" y2="${top}"/>`
            : ''
        }${
          isShown(low, domain)
            ? html`<line class="whisker" x1="${x(n) - 4}" x2="${x(n) + 4}" y1="${bottom}" y2="${bottom}"/>`
            : ''
        }<circle class="c0" cx="${x(n)}" cy="${y(100 * mean)}" r="3.5"/>`;
      }),
    ],
  })}<p class="small">Without a cap, a side has no bound yet. The broken line is the smallest gain that counts.</p></figure>`;
}

function isShown(bound: number | null, { low, high }: { readonly low: number; readonly high: number }): boolean {
  return bound !== null && bound >= low && bound <= high;
}
