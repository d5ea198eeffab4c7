import { plusMinus } from '@spherelab/statistics';
import type { SweepTable } from '../api/types.ts';
import { WideTable } from '../parts/wide-table.tsx';
import { useTheme } from '../theme/use-theme.ts';
import { isInPercent, metricText } from '../words/metric-text.ts';
import { heatColour } from './heat-colour.ts';
import { matrixOf, type SweepRow } from './matrix.ts';

/** Metrics of which less is better. */
const lowerIsBetter = /^norm_cv$|loss/;

/** The chosen metric in every cell of the grid: mean over seeds, ± to the farther end of its 95 % interval. */
export function SweepHeatMap(props: {
  readonly table: SweepTable;
  readonly metric: string;
  readonly open: string;
  readonly onOpen: (key: string) => void;
}) {
  const { table, metric, open, onOpen } = props;
  const theme = useTheme();
  const matrix = matrixOf(table);
  const means = table.rows.flatMap((row) => row.metrics[metric]?.mean ?? []);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const shareOf = (mean: number) => {
    const share = high === low ? 0.5 : (mean - low) / (high - low);
    return lowerIsBetter.test(metric) ? 1 - share : share;
  };
  return (
    <WideTable label="Matrix of the sweep">
      <table className="heat">
        <thead>
          {matrix.acrossFields.map((field, level) => (
            <tr key={field}>
              <th scope="col" className="small muted">
                {level === matrix.acrossFields.length - 1 ? `${matrix.downField} \\ ${field}` : field}
              </th>
              {matrix.across.map((values) => (
                <th scope="col" key={JSON.stringify(values)}>
                  {headText(field, values[level])}
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {matrix.down.map((down) => (
            <tr key={String(down)}>
              <th scope="row">{String(down)}</th>
              {matrix.across.map((across) => {
                const row = matrix.cell(down, across);
                const key = JSON.stringify([down, across]);
                return (
                  <td key={key}>
                    {row && (
                      <HeatCell
                        row={row}
                        metric={metric}
                        isOpen={open === key}
                        style={row.metrics[metric] ? heatColour(shareOf(row.metrics[metric].mean), theme) : undefined}
                        onOpen={() => onOpen(open === key ? '' : key)}
                      />
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

function HeatCell(props: {
  readonly row: SweepRow;
  readonly metric: string;
  readonly isOpen: boolean;
  readonly style: { readonly background: string; readonly color: string } | undefined;
  readonly onOpen: () => void;
}) {
  const { row, metric } = props;
  const statistic = row.metrics[metric];
  const half = statistic ? plusMinus(statistic) : null;
  const spread = half === null ? '' : `± ${isInPercent(metric) ? (100 * half).toFixed(1) : metricText(metric, half)}`;
  return (
    <button
      type="button"
      className="heat-cell"
      style={props.style}
      aria-expanded={props.isOpen}
      aria-label={`${Object.entries(row.settings)
        .map(([field, value]) => `${field} ${String(value)}`)
        .join(', ')}: ${metric} ${statistic ? metricText(metric, statistic.mean) : 'not measured yet'} ${spread}`}
      onClick={props.onOpen}
    >
      <strong>{statistic ? metricText(metric, statistic.mean) : '–'}</strong>
      <span className="small">
        {spread || `${row.n} of ${row.total}`}
        {spread && ` · n ${row.n}${row.n < row.total ? ` of ${row.total}` : ''}`}
      </span>
    </button>
  );
}

function headText(field: string, value: unknown): string {
  if (field === 'sec_wei') return Number(value) === 0 ? 'plain' : `SEC ${String(value)}`;
  return String(value);
}
