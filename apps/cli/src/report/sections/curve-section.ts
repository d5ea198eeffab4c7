import { isRate } from '../../output/metric-columns.ts';
import { type ChartLine, colourCount, lineChart, meanCurve } from '../charts/line-chart.ts';
import { html, type Markup } from '../markup.ts';
import type { ReportGroup } from '../report-data.ts';

const titles = { recall_at_1: 'R@1, %', train_loss: 'training loss' } as const;

/** Curves of recall and training loss, eight lines a picture. */
export function curveSection(groups: readonly ReportGroup[]): Markup | '' {
  const charts = (Object.keys(titles) as (keyof typeof titles)[]).flatMap((name) => {
    const lines = groups.map((group) => lineOf(group, name)).filter(({ points }) => points.length > 0);
    const pictures = Array.from({ length: Math.ceil(lines.length / colourCount) }, (_, at) =>
      lines.slice(at * colourCount, (at + 1) * colourCount),
    );
    return pictures.map((some) => lineChart(some, titles[name], (value) => yText(name, value)));
  });
  if (charts.length === 0) return '';
  return html`<section><h2>Curves</h2><p class="small">The mean over seeds; where there are several, the band reaches from the lowest run to the highest.</p>${charts}</section>`;
}

function lineOf({ label, curves }: ReportGroup, name: string): ChartLine {
  const series = curves.flatMap((run) => (run[name] === undefined ? [] : [run[name]]));
  return { name: label, points: meanCurve(series), runs: series.length };
}

function yText(name: string, value: number): string {
  return String(isRate(name) ? Number((100 * value).toFixed(1)) : Number(value.toPrecision(3)));
}
