import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import type { Point } from '../../api/types.ts';
import { axisText } from '../../scales/axis-text.ts';
import { logTicks } from '../../scales/log-ticks.ts';
import { useTheme } from '../../theme/use-theme.ts';
import { compact } from '../../words/metric-text.ts';
import { alignSeries } from './align-series.ts';
import { ChartDownloads } from './chart-downloads.tsx';
import { chartSvg } from './chart-svg.ts';
import { isDashed, tooltipPlugin } from './chart-tooltip.ts';
import { type LineKey, LineKeys } from './line-keys.tsx';
import { chartInk } from './series-colours.ts';

export type ChartLine = {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly Point[];
  readonly dash?: readonly number[];
  /** drawn thin and pale, and left out of the legend: the values behind a smoothed line */
  readonly isFaint?: boolean;
};

export type StepRange = readonly [from: number, to: number];

type ChartProps = {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly isLog?: boolean;
  readonly inPercent?: boolean;
  /** steps shown; null: all */
  readonly range: StepRange | null;
  readonly onRange: (range: StepRange | null) => void;
  /** What tells the lines of one run apart, where all charts share a legend of the runs; by default a chart has its own. */
  readonly keys?: readonly LineKey[];
};

const height = 210;
const syncKey = 'steps';

/** Lines over steps. Dragging chooses a range for all charts of the view, a double click shows all again. */
export function Chart({ title, lines, isLog = false, inPercent = false, range, onRange, keys }: ChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useTheme();
  const hasLegend = keys === undefined;
  const data = useMemo(() => alignSeries(lines.map(({ points }) => onScale(points, isLog))), [lines, isLog]);
  const latest = useRef({ data, range, onRange });
  latest.current = { data, range, onRange };
  const look = JSON.stringify(
    lines.map(({ name, colour, dash, isFaint, points }) => [name, colour, dash, isFaint, points.length === 1]),
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: `look` is what of the lines needs a new chart
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const made = new uPlot(
      options({ lines, isLog, inPercent, hasLegend, theme, width: element.clientWidth, current: () => latest.current }),
      latest.current.data as uPlot.AlignedData,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [look, isLog, inPercent, hasLegend, theme]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new range redraws the same data
  useEffect(() => plot.current?.setData(data as uPlot.AlignedData), [data, range]);

  return (
    <figure
      className="panel chart"
      aria-label={describe(title, lines)}
      data-points={lines.reduce((sum, { points }) => sum + points.length, 0)}
    >
      <figcaption className="panel-head">
        <h3>{title}</h3>
        <ChartDownloads
          title={title}
          lines={lines}
          svg={() => chartSvg({ title, lines, isLog, inPercent, range })}
          canvas={() => frame.current?.querySelector('canvas') ?? null}
        />
      </figcaption>
      <div className="chart-frame" ref={frame} />
      {keys !== undefined && keys.length > 0 && <LineKeys keys={keys} label={`Lines of ${title}`} />}
    </figure>
  );
}

/** A logarithm has no place for 0 and less. */
function onScale(points: readonly Point[], isLog: boolean): readonly Point[] {
  return isLog ? points.map(([step, value]): Point => [step, value !== null && value > 0 ? value : null]) : points;
}

type OptionsInput = Required<Pick<ChartProps, 'lines' | 'isLog' | 'inPercent'>> & {
  readonly hasLegend: boolean;
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly current: () => Pick<ChartProps, 'range' | 'onRange'>;
};

function options({ lines, isLog, inPercent, hasLegend, theme, width, current }: OptionsInput): uPlot.Options {
  const ink = chartInk[theme];
  const text = (value: number | null) => (value === null ? '' : inPercent ? (value * 100).toFixed(1) : compact(value));
  const axis = {
    stroke: ink.text,
    font: '11px ui-sans-serif, system-ui, sans-serif',
    grid: { stroke: ink.grid, width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [10, 20, 0, 0],
    cursor: {
      sync: { key: syncKey },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      bind: {
        dblclick: () => () => {
          current().onRange(null);
          return null;
        },
      },
    },
    legend: {
      show: hasLegend,
      live: true,
      markers: {
        width: 2,
        fill: 'transparent',
        dash: (_self, at) => (isDashed(lines[at - 1]?.dash) ? 'dashed' : 'solid'),
      },
    },
    plugins: [tooltipPlugin(lines, text)],
    scales: {
      x: {
        time: false,
        range: (_self, low, high) => {
          const chosen = current().range;
          if (chosen !== null) return [...chosen];
          return low === high ? [low - 1, high + 1] : [low, high];
        },
      },
      y: { distr: isLog ? 3 : 1, range: isLog ? logRange : roomyRange },
    },
    axes: [
      {
        ...axis,
        size: 26,
        space: 60,
        values: (_self, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? axisText(tick) : '')),
      },
      {
        ...axis,
        size: labelRoom,
        space: 34,
        ...(isLog ? { splits: (_self: uPlot, _axis: number, low: number, high: number) => logTicks(low, high) } : {}),
        filter: (_self, ticks) => ticks,
        values: (_self, ticks) => ticks.map((tick) => axisText(inPercent ? tick * 100 : tick)),
      },
    ],
    series: [
      { label: 'step', value: (_self, value) => (value === null ? '' : String(value)) },
      ...lines.map(({ name, colour, dash, isFaint, points }) => ({
        label: name,
        stroke: isFaint ? `${colour}55` : colour,
        width: isFaint ? 1 : 1.75,
        ...(dash ? { dash: [...dash] } : {}),
        spanGaps: true,
        // A line needs two points: one alone is drawn as a dot.
        points: { show: points.filter(([, value]) => value !== null).length === 1, size: 7, fill: colour },
        ...(isFaint ? { class: 'faint' } : {}),
        value: (_self: uPlot, value: number | null) => text(value),
      })),
    ],
    hooks: {
      setSelect: [
        (self) => {
          const { left, width: dragged } = self.select;
          if (dragged < 4) return;
          const from = self.posToVal(left, 'x');
          const to = self.posToVal(left + dragged, 'x');
          self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          current().onRange([Math.round(from), Math.max(Math.round(from) + 1, Math.round(to))]);
        },
      ],
    },
  };
}

/** Room for the longest label of the axis, px. */
function labelRoom(_self: uPlot, labels: readonly string[] | null): number {
  return 18 + 6.5 * Math.max(3, ...(labels ?? []).map((label) => label.length));
}

/** A little room above and below; a constant gets a band of its own. */
function roomyRange(_self: uPlot, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
}

function logRange(_self: uPlot, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0.1, 1];
  return [low / 1.2, high * 1.2];
}

function describe(title: string, lines: readonly ChartLine[]): string {
  const ends = lines
    .filter(({ isFaint }) => !isFaint)
    .map(({ name, points }) => {
      const last = points.at(-1);
      return last === undefined || last[1] === null ? name : `${name} ${compact(last[1])} at step ${last[0]}`;
    });
  return `${title} over steps: ${ends.join(', ')}`;
}
