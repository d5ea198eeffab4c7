import type { EvaluationNorms } from '../../server/report-types.ts';
import { html, type Markup } from '../markup.ts';
import { chartFrame, pointsOf } from './chart-frame.ts';
import { colourKey } from './line-chart.ts';

export type NamedNorms = { readonly name: string; readonly evaluation: EvaluationNorms };
type Histogram = EvaluationNorms['norms'];

/** Histograms of norms over one another, each divided by its mean: their spread is what SEC changes. */
export function histogramChart(all: readonly NamedNorms[]): Markup {
  const outlines = all.map(({ evaluation }) => outlineOf(evaluation.norms));
  const xs = outlines.flat().map(([x]) => x);
  const tallest = Math.max(...outlines.flat().map(([, y]) => y));
  return html`<figure>${chartFrame({
    x: { low: Math.min(...xs), high: Math.max(...xs) },
    y: { low: 0, high: 1.05 * tallest },
    xTitle: 'norm / mean norm',
    label: `Norms of the evaluated embeddings: ${all.map(spreadText).join('; ')}`,
    yText: () => '',
    draw: (x, y) =>
      outlines.map(
        (points, at) =>
          html`<polygon class="histogram c${at}" points="${pointsOf(points.map(([norm, density]) => [x(norm), y(density)]))}"/>`,
      ),
  })}<ul class="legend">${all.map((one, at) => html`<li>${colourKey(at)} ${spreadText(one)}</li>`)}</ul></figure>`;
}

/** Corners of a histogram in units of its mean; areas are equal, whatever the width of the bins. */
function outlineOf({ counts, low, high, mean }: Histogram): (readonly [number, number])[] {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const unit = mean || 1;
  const width = (high - low) / counts.length / unit || 1;
  const start = low / unit;
  const steps = counts.flatMap((count, bin) => {
    const density = count / total / width;
    return [[start + bin * width, density] as const, [start + (bin + 1) * width, density] as const];
  });
  return [[start, 0], ...steps, [start + counts.length * width, 0]];
}

function spreadText({ name, evaluation: { norms, step } }: NamedNorms): string {
  return `${name}: mean ${norms.mean.toPrecision(3)}, sd ${norms.sd.toPrecision(3)} (${((100 * norms.sd) / norms.mean).toFixed(1)} % of the mean), step ${step}`;
}
