import { type PointerEvent, useState } from 'react';
import type { Experiment } from '../api/types.ts';
import { settingText, valuesInOrder } from '../compare/differing-fields.ts';
import { fieldColour } from '../experiment/curves/series-colours.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { WideTable } from '../parts/wide-table.tsx';
import { useTheme } from '../theme/use-theme.ts';
import { experimentLine, lastMetric } from '../words/experiment-title.ts';
import { metricName, metricText } from '../words/metric-text.ts';
import { type Brushes, isWithin, type PlacedAxis, type PlaceRange } from './brushes.ts';

const size = { width: 1_000, height: 280, top: 42, bottom: 26, left: 110, right: 40 };
const metrics = ['recall_at_1', 'nmi', 'ami', 'f1', 'map_at_r', 'norm_cv'] as const;

type Axis = PlacedAxis & {
  readonly ticks: readonly (readonly [text: string, place: number])[];
};

/** A line for each run through what was swept and what came of it; coloured by the first swept field. */
export function ParallelCoordinates({
  fields: given,
  runs,
}: {
  /** what differs among the runs, or may */
  readonly fields: readonly string[];
  readonly runs: readonly Experiment[];
}) {
  const theme = useTheme();
  const [brushes, setBrushes] = useState<Brushes>({});
  const fields = given.filter((field) => valuesInOrder(runs, field).length > 1);
  const measured = metrics.filter((name) => runs.some((run) => lastMetric(run, name) !== undefined));
  const axes = [...fields.map((field) => fieldAxis(field, runs)), ...measured.map((name) => metricAxis(name, runs))];
  if (axes.length < 2 || measured.length === 0) return null;
  const { width, height, top, bottom, left, right } = size;
  const x = (at: number) => left + (at * (width - left - right)) / (axes.length - 1);
  const y = (place: number) => height - bottom - place * (height - top - bottom);
  const colourField = fields.includes('sec_wei') ? 'sec_wei' : fields[0];
  const colours = colourField === undefined ? [] : valuesInOrder(runs, colourField);
  const colourOf = (run: Experiment) => {
    const at = colours.indexOf(settingText(run, colourField ?? ''));
    return fieldColour(theme, colourField ?? '', at);
  };
  const within = runs.filter((run) => isWithin(axes, brushes, run));
  const isBrushed = Object.keys(brushes).length > 0;
  const brush = (name: string, range: PlaceRange | null) =>
    setBrushes(({ [name]: _, ...others }) => (range === null ? others : { ...others, [name]: range }));
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>
          Runs across settings and results <span className="muted">drag along an axis to choose runs</span>
        </h2>
        {isBrushed && (
          <span className="bar small">
            <Link href={addresses.compare(within.map(({ id }) => id))}>
              Compare these {within.length} of {runs.length}
            </Link>
            <button type="button" className="link-button" onClick={() => setBrushes({})}>
              all again
            </button>
          </span>
        )}
        <span className="legend">
          {colours.map((value) => {
            const run = runs.find(({ config }) => settingText({ config }, colourField ?? '') === value);
            return (
              <span key={value}>
                <span className="swatch" style={{ background: run ? colourOf(run) : undefined }} />
                {colourField} {value}
              </span>
            );
          })}
        </span>
      </div>
      <WideTable label="Parallel coordinates">
        {/* biome-ignore lint/a11y/useSemanticElements: a group of links within a drawing has no element of its own */}
        <svg
          className="parallel"
          viewBox={`0 0 ${width} ${height}`}
          role="group"
          aria-label="Parallel coordinates of the runs"
        >
          {axes.map(({ name, ticks }, at) => (
            <g key={name}>
              <line x1={x(at)} x2={x(at)} y1={y(1)} y2={y(0)} />
              <text x={x(at)} y={18} textAnchor="middle" className="axis-name">
                {name}
              </text>
              {ticks.map(([text, place]) => (
                <text key={text} x={x(at) - 6} y={y(place) + 4} textAnchor="end">
                  {text}
                </text>
              ))}
            </g>
          ))}
          {runs.map((run) => {
            const points = axes.flatMap(({ place }, at) => {
              const value = place(run);
              return value === null ? [] : [`${x(at).toFixed(1)},${y(value).toFixed(1)}`];
            });
            if (points.length < axes.length) return null;
            return (
              <Link
                key={run.id}
                className={within.includes(run) ? '' : 'outside'}
                href={addresses.experiment(run.id)}
                aria-label={experimentLine(run)}
              >
                <title>{experimentLine(run)}</title>
                <path d={`M${points.join('L')}`} style={{ stroke: colourOf(run) }} />
              </Link>
            );
          })}
          {axes.map(({ name }, at) => (
            <Brush
              key={name}
              x={x(at)}
              range={brushes[name] ?? null}
              yOf={y}
              onChange={(range) => brush(name, range)}
            />
          ))}
        </svg>
      </WideTable>
    </section>
  );
}

/** A drag shorter than this, of an axis, is a click, which lets go. */
const shortest = 0.02;
const brushWidth = 26;

/** The part of an axis that is chosen by dragging along it. */
function Brush(props: {
  readonly x: number;
  readonly range: PlaceRange | null;
  readonly yOf: (place: number) => number;
  readonly onChange: (range: PlaceRange | null) => void;
}) {
  const { x, range, yOf, onChange } = props;
  const [from, setFrom] = useState<number | null>(null);
  const placeOf = (event: PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / box.height));
  };
  return (
    <>
      {range !== null && (
        <rect
          className="brush"
          x={x - brushWidth / 4}
          width={brushWidth / 2}
          y={yOf(range[1])}
          height={yOf(range[0]) - yOf(range[1])}
        />
      )}
      <rect
        className="brush-room"
        x={x - brushWidth / 2}
        width={brushWidth}
        y={yOf(1)}
        height={yOf(0) - yOf(1)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setFrom(placeOf(event));
          onChange(null);
        }}
        onPointerMove={(event) => {
          if (from === null) return;
          const to = placeOf(event);
          if (Math.abs(to - from) > shortest) onChange([Math.min(from, to), Math.max(from, to)]);
        }}
        onPointerUp={() => setFrom(null)}
      />
    </>
  );
}

/** Values of a setting at equal distances, as they stand in the grid. */
function fieldAxis(field: string, runs: readonly Experiment[]): Axis {
  const values = valuesInOrder(runs, field);
  const placeOf = (text: string) => 1 - values.indexOf(text) / (values.length - 1);
  return {
    name: field,
    place: (run) => placeOf(settingText(run, field)),
    ticks: values.map((value) => [value, placeOf(value)]),
  };
}

function metricAxis(name: string, runs: readonly Experiment[]): Axis {
  const values = runs.flatMap((run) => lastMetric(run, name) ?? []);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return {
    name: metricName(name),
    place: (run) => {
      const value = lastMetric(run, name);
      return value === undefined ? null : high === low ? 0.5 : (value - low) / (high - low);
    },
    ticks:
      high === low
        ? [[metricText(name, low), 0.5]]
        : [
            [metricText(name, low), 0],
            [metricText(name, high), 1],
          ],
  };
}
