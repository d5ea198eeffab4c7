import { summarize } from '@spherelab/statistics';
import type { Experiment, Point } from '../api/types.ts';
import type { ChartLine } from '../experiment/curves/chart.tsx';
import { fieldColour, seriesColour } from '../experiment/curves/series-colours.ts';
import type { Theme } from '../theme/use-theme.ts';
import { experimentLine } from '../words/experiment-title.ts';
import { groupedBy, settingText, valuesInOrder } from './differing-fields.ts';

/** A run with the points of the metric that is drawn. */
export type MeasuredRun = { readonly run: Experiment; readonly points: readonly Point[] };

/**
 * The lines of a chart: each run by itself, or for each value of `field` the mean of its runs at each step that all of them have,
 * between the pale ends of its 95 % interval.
 */
export function groupLines(measured: readonly MeasuredRun[], field: string, theme: Theme): ChartLine[] {
  if (field === '') {
    return measured.map(({ run, points }, at) => ({
      name: experimentLine(run),
      colour: seriesColour(theme, at),
      points,
    }));
  }
  const groups = groupedBy(measured, ({ run }) => settingText(run, field));
  const values = valuesInOrder(
    measured.map(({ run }) => run),
    field,
  );
  return values.flatMap((value, at) => {
    const members = groups.get(value) ?? [];
    return meanLines(`${field} ${value}, mean of ${members.length}`, members, fieldColour(theme, field, at));
  });
}

function meanLines(name: string, members: readonly MeasuredRun[], colour: string): ChartLine[] {
  const byStep = members.map(({ points }) => new Map(points));
  const steps = [...(byStep[0]?.keys() ?? [])].filter((step) => byStep.every((points) => points.has(step)));
  const means: Point[] = [];
  const ends: [Point[], Point[]] = [[], []];
  for (const step of steps) {
    const summary = summarize(byStep.flatMap((points) => points.get(step) ?? []));
    if (summary === null) continue;
    const { mean, ci95 } = summary;
    means.push([step, mean]);
    ends.forEach((end, at) => {
      end.push([step, ci95?.[at] ?? mean]);
    });
  }
  const band = members.length < 2 ? [] : ends;
  return [
    ...band.map((points, at) => ({
      name: `${name}, ${at === 0 ? 'lower' : 'upper'} end of its 95 % interval`,
      colour,
      points,
      isFaint: true,
    })),
    { name, colour, points: means },
  ];
}
