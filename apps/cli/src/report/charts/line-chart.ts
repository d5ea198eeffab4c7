import { html, type Markup } from '../markup.ts';
import type { Point } from '../report-data.ts';
import { chartFrame, domainOf, pointsOf } from './chart-frame.ts';

/** A mean with the lowest and highest of the runs it is of. */
export type MeanPoint = { readonly step: number; readonly mean: number; readonly low: number; readonly high: number };
export type ChartLine = { readonly name: string; readonly points: readonly MeanPoint[]; readonly runs: number };

/** Colours that the style has. */
export const colourCount = 8;

/** The mean of several runs at each step that all of them measured. */
export function meanCurve(runs: readonly (readonly Point[])[]): MeanPoint[] {
  const [first = [], ...others] = runs.map((points) => points.filter(isNumber));
  const lookups = others.map((points) => new Map(points));
  return first.flatMap(([step, value]) => {
    const values = [value, ...lookups.map((points) => points.get(step))];
    if (!values.every((one) => one !== undefined)) return [];
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    return [{ step, mean, low: Math.min(...values), high: Math.max(...values) }];
  });
}

function isNumber(point: Point): point is readonly [number, number] {
  return point[1] !== null;
}

/** Lines over steps, each with a band from the lowest to the highest of its runs. */
export function lineChart(lines: readonly ChartLine[], title: string, yText: (value: number) => string): Markup {
  const all = lines.flatMap(({ points }) => points);
  return html`<figure><figcaption>${title}</figcaption>${chartFrame({
    x: domainOf(
      all.map(({ step }) => step),
      0.02,
    ),
    y: domainOf(all.flatMap(({ low, high }) => [low, high])),
    xTitle: 'steps',
    label: `${title} over steps: ${lines.map((line) => lineText(line, yText)).join('; ')}`,
    yText,
    draw: (x, y) =>
      lines.map(({ points, runs }, at) =>
        [
          runs > 1 &&
            html`<polygon class="band c${at % colourCount}" points="${pointsOf([
              ...points.map(({ step, high }) => [x(step), y(high)] as const),
              ...points.map(({ step, low }) => [x(step), y(low)] as const).reverse(),
            ])}"/>`,
          html`<polyline class="line c${at % colourCount}" points="${pointsOf(points.map(({ step, mean }) => [x(step), y(mean)]))}"/>`,
        ].filter((one) => one !== false),
      ),
  })}<ul class="legend">${lines.map(
    ({ name, runs }, at) => html`<li>${colourKey(at)} ${name}${runs > 1 ? ` (${runs} runs)` : ''}</li>`,
  )}</ul></figure>`;
}

/** A mark of the colour that a line or histogram has. */
export function colourKey(at: number): Markup {
  return html`<svg class="key" viewBox="0 0 14 4" aria-hidden="true"><rect class="c${at % colourCount}" width="14" height="4"/></svg>`;
}

function lineText({ name, points }: ChartLine, yText: (value: number) => string): string {
  const last = points.at(-1);
  return last === undefined ? name : `${name} ${yText(last.mean)} at ${last.step}`;
}
