import type { Experiment } from '../api/types.ts';
import { settingText, valuesInOrder } from '../compare/differing-fields.ts';
import { fieldColour } from '../experiment/curves/series-colours.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { WideTable } from '../parts/wide-table.tsx';
import { useTheme } from '../theme/use-theme.ts';
import { experimentLine, lastMetric } from '../words/experiment-title.ts';
import { metricName, metricText } from '../words/metric-text.ts';

const size = { width: 1_000, height: 280, top: 42, bottom: 26, left: 110, right: 40 };
const metrics = ['recall_at_1', 'nmi', 'ami', 'f1', 'map_at_r', 'norm_cv'] as const;

type Axis = {
  readonly name: string;
  /** 0 (bottom) to 1 (top); null where a run has no value */
  readonly place: (run: Experiment) => number | null;
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
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Runs across settings and results</h2>
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
              <Link key={run.id} href={addresses.experiment(run.id)} aria-label={experimentLine(run)}>
                <title>{experimentLine(run)}</title>
                <path d={`M${points.join('L')}`} style={{ stroke: colourOf(run) }} />
              </Link>
            );
          })}
        </svg>
      </WideTable>
    </section>
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
