import { type Child, html, type Markup } from '../markup.ts';

export type Domain = { readonly low: number; readonly high: number };
export type Scale = (value: number) => number;

export const size = { width: 640, height: 250, left: 54, right: 14, top: 10, bottom: 36 } as const;

/** From a value to its place between two ends; what lies outside the domain lies at its end. */
export function scaleOf({ low, high }: Domain, from: number, to: number): Scale {
  return (value) => round(from + ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (to - from));
}

/** A domain with room around the values; equal or no values get one that has a length. */
export function domainOf(values: readonly number[], room = 0.05): Domain {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return { low: 0, high: 1 };
  const [low, high] = finite.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
  const width = high - low || Math.abs(high) || 1;
  return { low: low - room * width, high: high + room * width };
}

/** The picture of a chart with its axes; `draw` draws into it. @param label what a reader who does not see it is told */
export function chartFrame(props: {
  readonly x: Domain;
  readonly y: Domain;
  readonly xTitle: string;
  readonly label: string;
  readonly yText: (tick: number) => string;
  readonly draw: (x: Scale, y: Scale) => Child;
}): Markup {
  const { width, height, left, right, top, bottom } = size;
  const x = scaleOf(props.x, left, width - right);
  const y = scaleOf(props.y, height - bottom, top);
  const across = ticksBetween(props.x.low, props.x.high, 8);
  const up = ticksBetween(props.y.low, props.y.high, 5);
  return html`<div class="chart" tabindex="0"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${props.label}">
${up.map((tick) => html`<line class="grid" x1="${left}" x2="${width - right}" y1="${y(tick)}" y2="${y(tick)}"/><text x="${left - 8}" y="${y(tick) + 4}" text-anchor="end">${props.yText(tick)}</text>`)}
${across.map((tick) => html`<text x="${x(tick)}" y="${height - 20}" text-anchor="middle">${tick}</text>`)}
<text x="${width - right}" y="${height - 4}" text-anchor="end">${props.xTitle}</text>
${props.draw(x, y)}
</svg></div>`;
}

/** Points of a polyline or polygon. */
export function pointsOf(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y]) => `${x},${y}`).join(' ');
}

/** Round numbers from low to high, at most `most` steps of 1, 2 or 5 times a power of ten apart. */
export function ticksBetween(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, at) =>
    Number(((first + at) * step).toPrecision(6)),
  );
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
