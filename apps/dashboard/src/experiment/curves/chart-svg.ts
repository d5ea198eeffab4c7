import { axisText } from '../../scales/axis-text.ts';
import { logTicks } from '../../scales/log-ticks.ts';
import { ticksBetween } from '../../scales/ticks-between.ts';
import type { ChartLine, StepRange } from './chart.tsx';
import { isDashed } from './chart-tooltip.ts';
import { chartInk } from './series-colours.ts';

type Drawn = {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly isLog: boolean;
  readonly inPercent: boolean;
  readonly range: StepRange | null;
};

const width = 720;
const plotHeight = 300;
const left = 64;
const top = 36;
const rowHeight = 18;
const perRow = 3;
const font = 'font-family="Helvetica, Arial, sans-serif" font-size="12"';

/** A chart as an SVG for papers and slides: light, with its title, axes and legend; the steps that are shown. */
export function chartSvg({ title, lines, isLog, inPercent, range }: Drawn): string {
  const ink = chartInk.light;
  const seen = lines.map((line) => ({
    ...line,
    points: line.points.filter(
      ([step, value]) =>
        value !== null && (!isLog || value > 0) && (range === null || (step >= range[0] && step <= range[1])),
    ) as (readonly [number, number])[],
  }));
  const all = seen.flatMap(({ points }) => points);
  const [fromStep, toStep] = roomy(range ?? extremes(all.map(([step]) => step)), 0);
  const [low, high] = isLog
    ? extremes(all.map(([, value]) => value))
    : roomy(extremes(all.map(([, value]) => value)), 0.06);
  const scale = (value: number) => (isLog ? Math.log10(value) : value);
  const x = (step: number) => left + ((step - fromStep) / (toStep - fromStep)) * (width - left - 16);
  const y = (value: number) =>
    top + plotHeight - ((scale(value) - scale(low)) / (scale(high) - scale(low) || 1)) * plotHeight;
  const across = (isLog ? logTicks(low, high) : ticksBetween(low, high)).map(
    (tick) =>
      `<line x1="${left}" x2="${width - 16}" y1="${round(y(tick))}" y2="${round(y(tick))}" stroke="${ink.grid}"/>` +
      `<text x="${left - 8}" y="${round(y(tick) + 4)}" text-anchor="end" fill="${ink.text}" ${font}>${axisText(inPercent ? tick * 100 : tick)}</text>`,
  );
  const along = ticksBetween(fromStep, toStep).map(
    (tick) =>
      `<text x="${round(x(tick))}" y="${top + plotHeight + 18}" text-anchor="middle" fill="${ink.text}" ${font}>${axisText(tick)}</text>`,
  );
  const paths = seen.map(({ points, colour, dash, isFaint }) => {
    const style = `stroke="${colour}" stroke-width="${isFaint ? 1 : 1.75}"${isFaint ? ' opacity="0.35"' : ''}${isDashed(dash) ? ` stroke-dasharray="${dash?.join(' ')}"` : ''}`;
    const [only] = points;
    if (points.length === 1 && only)
      return `<circle cx="${round(x(only[0]))}" cy="${round(y(only[1]))}" r="3.5" fill="${colour}"/>`;
    return `<polyline fill="none" ${style} points="${points.map(([step, value]) => `${round(x(step))},${round(y(value))}`).join(' ')}"/>`;
  });
  const named = lines.filter(({ isFaint }) => !isFaint);
  const legend = named.map(({ name, colour, dash }, at) => {
    const from = left + (at % perRow) * ((width - left) / perRow);
    const base = top + plotHeight + 44 + Math.floor(at / perRow) * rowHeight;
    return (
      `<line x1="${from}" x2="${from + 20}" y1="${base - 4}" y2="${base - 4}" stroke="${colour}" stroke-width="2"${isDashed(dash) ? ` stroke-dasharray="${dash?.join(' ')}"` : ''}/>` +
      `<text x="${from + 26}" y="${base}" fill="#1b1f23" ${font}>${escaped(name)}</text>`
    );
  });
  const height = top + plotHeight + 44 + Math.ceil(named.length / perRow) * rowHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${left}" y="22" fill="#1b1f23" font-weight="bold" ${font}>${escaped(title)}, over steps</text>`,
    ...across,
    ...along,
    ...paths,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

function extremes(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0.1, 1]; // a logarithm has no place for 0
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

/** A share of room on both sides; a single value gets a band. */
function roomy([low, high]: readonly [number, number], share: number): [number, number] {
  if (low === high) return [low - 1, high + 1];
  return [low - (high - low) * share, high + (high - low) * share];
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
