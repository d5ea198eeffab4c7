import type { Experiment } from '../api/types.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { useQueryValue } from '../navigation/use-query-value.ts';
import { WideTable } from '../parts/wide-table.tsx';
import { experimentLine, lastMetric } from '../words/experiment-title.ts';
import { isInPercent, metricName, metricText } from '../words/metric-text.ts';
import { comparedMetrics } from './comparison-csv.ts';
import { differingFields, settingText, shareExplained } from './differing-fields.ts';
import { valueAxis } from './value-axis.ts';

const size = { width: 1_000, height: 340, top: 14, bottom: 40, left: 70, right: 30 };

/** A point for each run: any field or metric against any metric. */
export function Scatter({ runs }: { readonly runs: readonly Experiment[] }) {
  const measured = comparedMetrics.filter((name) => runs.some((run) => lastMetric(run, name) !== undefined));
  const fields = differingFields(runs);
  const across = [...fields, ...measured];
  const [y, setY] = useQueryValue('y', 'recall_at_1');
  const [x, setX] = useQueryValue('x', mostTelling(runs, fields, y) ?? across[0]);
  if (measured.length === 0 || across.length < 2) return null;
  const { width, height, top, bottom, left, right } = size;
  const [along, up] = [valueAxis(runs, x), valueAxis(runs, y)];
  const px = (place: number) => left + place * (width - left - right);
  const py = (place: number) => height - bottom - place * (height - top - bottom);
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>
          {labelOf(y)} against {labelOf(x)}
        </h2>
        <div className="bar">
          <Choice label="Up" value={y} names={measured} onChange={setY} />
          <Choice label="Across" value={x} names={across} onChange={setX} />
        </div>
      </div>
      <WideTable label="Scatter plot">
        {/* biome-ignore lint/a11y/useSemanticElements: a group of links within a drawing has no element of its own */}
        <svg
          className="parallel scatter"
          viewBox={`0 0 ${width} ${height}`}
          role="group"
          aria-label="A point for each run"
        >
          {up.ticks.map(([text, place]) => (
            <g key={text}>
              <line x1={left} x2={width - right} y1={py(place)} y2={py(place)} />
              <text x={left - 8} y={py(place) + 4} textAnchor="end">
                {text}
              </text>
            </g>
          ))}
          {along.ticks.map(([text, place]) => (
            <text key={text} x={px(place)} y={height - bottom + 20} textAnchor="middle">
              {text}
            </text>
          ))}
          {runs.map((run) => {
            const [at, above] = [along.place(run), up.place(run)];
            if (at === null || above === null) return null;
            const told = `${experimentLine(run)}: ${labelOf(x)} ${textOf(run, x)}, ${labelOf(y)} ${textOf(run, y)}`;
            return (
              <Link key={run.id} href={addresses.experiment(run.id)} aria-label={told}>
                <title>{told}</title>
                <circle cx={px(at)} cy={py(above)} r={5} className={Number(run.config.sec_wei) > 0 ? 'sec' : 'plain'} />
              </Link>
            );
          })}
        </svg>
      </WideTable>
      <p className="panel-body small muted">
        <span className="swatch plain" /> without SEC <span className="swatch sec" /> with SEC
      </p>
    </section>
  );
}

/** The field that goes with most of the spread of a metric. */
function mostTelling(runs: readonly Experiment[], fields: readonly string[], metric: string): string | undefined {
  const share = (field: string) => shareExplained(runs, field, metric) ?? 0;
  return fields.toSorted((a, b) => share(b) - share(a))[0];
}

function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly names: readonly string[];
  readonly onChange: (name: string) => void;
}) {
  return (
    <label className="bar small">
      {props.label}
      <select value={props.value} onChange={(event) => props.onChange(event.target.value)}>
        {props.names.map((name) => (
          <option key={name} value={name}>
            {metricName(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

function labelOf(name: string): string {
  return `${metricName(name)}${isInPercent(name) ? ', %' : ''}`;
}

function textOf(run: Experiment, name: string): string {
  return name in run.config ? settingText(run, name) : metricText(name, lastMetric(run, name));
}
