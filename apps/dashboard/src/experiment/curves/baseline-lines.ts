import type { Point } from '../../api/types.ts';
import type { Theme } from '../../theme/use-theme.ts';
import { baselinesOf } from '../baselines.ts';
import type { ChartLine } from './chart.tsx';
import { seriesColour } from './series-colours.ts';

/** R@1 of what a run is compared with, drawn level from the first step of `lines` to the last; none before the run has ended. */
export function baselineLines(result: unknown, lines: readonly ChartLine[], theme: Theme): ChartLine[] {
  const steps = lines.flatMap(({ points }) => points.map(([step]) => step));
  if (steps.length === 0) return [];
  const ends = [...new Set([Math.min(...steps), Math.max(...steps)])];
  return baselinesOf(result).map(({ name, recall }, at) => ({
    name: `R@1, ${name}`,
    colour: seriesColour(theme, lines.length + at),
    points: ends.map((step): Point => [step, recall]),
    dash: [3, 4],
  }));
}
