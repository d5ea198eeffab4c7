import type { Point } from '../../api/types.ts';
import type { Theme } from '../../theme/use-theme.ts';
import { metricName } from '../../words/metric-text.ts';
import type { ChartLine } from './chart.tsx';
import type { ChartGroup } from './chart-groups.ts';
import type { LineKey } from './line-keys.tsx';
import { seriesColour } from './series-colours.ts';
import { smoothed } from './smoothed.ts';

/** A run whose curves are shown. */
export type CurvesRun = { readonly name: string; readonly series: ReadonlyMap<string, readonly Point[]> };

const dashes: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [8, 3, 2, 3]];
const numberOrder = new Intl.Collator('en', { numeric: true });

/** One run: a colour for each metric. Several: a colour for each run and a dash for each metric. */
export function chartLines(
  group: ChartGroup,
  runs: readonly CurvesRun[],
  weight: number,
  theme: Theme,
): readonly ChartLine[] {
  const smoothing = group.isNoisy ? weight : 0;
  const isComparing = runs.length > 1;
  return runs.flatMap((run, runAt) => {
    const names = isComparing
      ? group.compared.filter((name) => run.series.has(name))
      : [...run.series.keys()].filter(group.metrics).sort((a, b) => numberOrder.compare(orderOf(a), orderOf(b)));
    return names.flatMap((metric, metricAt): ChartLine[] => {
      const points = run.series.get(metric) ?? [];
      const name = isComparing
        ? `${run.name}${group.compared.length > 1 ? ` · ${metricName(metric)}` : ''}`
        : metricName(metric);
      const colour = seriesColour(theme, isComparing ? runAt : metricAt);
      const line = {
        name,
        colour,
        points: smoothed(points, smoothing),
        dash: isComparing ? (dashes[metricAt] ?? []) : [],
      };
      return smoothing > 0 ? [{ name: `${name} as measured`, colour, points, isFaint: true }, line] : [line];
    });
  });
}

/** Kinds of line of a chart of several runs, where there is more than one. */
export function metricKeys({ compared }: ChartGroup): readonly LineKey[] {
  if (compared.length < 2) return [];
  return compared.map((metric, at) => ({ name: metricName(metric), dash: dashes[at] ?? [] }));
}

/** The total before its parts. */
function orderOf(name: string): string {
  return name === 'train_loss' ? '' : name;
}
