import { plusMinus, signedText } from '@spherelab/statistics';
import type { PaperReport } from '../api/types.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { WideTable } from '../parts/wide-table.tsx';
import { metricName } from '../words/metric-text.ts';

export type PaperRow = PaperReport['rows'][number];

const regularisers: Readonly<Record<PaperRow['regulariser'], string>> = { none: 'plain', l2reg: 'L2-reg', sec: 'SEC' };

/** The cells of one data set: the published number, ours, and the difference, in percent. */
export function PaperTable(props: {
  readonly rows: readonly PaperRow[];
  readonly busy: ReadonlySet<string>;
  readonly onQueue: (rows: readonly PaperRow[]) => void;
}) {
  const { rows } = props;
  const metrics = [...new Set(rows.flatMap((row) => Object.keys(row.metrics)))];
  return (
    <WideTable label="Published and our numbers">
      <table className="paper-table">
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              Loss
            </th>
            <th scope="col" rowSpan={2}>
              Regulariser
            </th>
            {metrics.map((name) => (
              <th scope="colgroup" key={name} colSpan={3} className="group" style={{ textAlign: 'center' }}>
                {metricName(name)}
              </th>
            ))}
            <th scope="col" rowSpan={2} className="group">
              Status
            </th>
            <th scope="col" rowSpan={2}>
              Runs
            </th>
          </tr>
          <tr>
            {metrics.flatMap((name) => [
              <th scope="col" key={`${name} paper`} className="number group">
                paper
              </th>,
              <th scope="col" key={`${name} ours`} className="number">
                ours
              </th>,
              <th scope="col" key={`${name} difference`} className="number">
                Δ
              </th>,
            ])}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={cellKey(row)} className={row.loss === rows[index - 1]?.loss ? '' : 'first-of-loss'}>
              <th scope="row">
                {row.loss === rows[index - 1]?.loss ? <span className="hidden-text">{row.loss}</span> : row.loss}
              </th>
              <td title={row.weight_source === 'ours' ? 'the weight is our choice' : undefined}>
                {regularisers[row.regulariser]}
                {row.weight_source === 'ours' && <span className="source"> (our weight)</span>}
              </td>
              {metrics.flatMap((name) => (
                <Values key={name} name={name} row={row} />
              ))}
              <td className="group">
                <span className={`badge ${row.status === 'not run' ? '' : row.status}`}>{row.status}</span>
              </td>
              <td className="nowrap">
                {row.experiment_ids.length > 0 && (
                  <Link href={addresses.compare(row.experiment_ids)}>
                    {row.experiment_ids.length} run{row.experiment_ids.length > 1 ? 's' : ''}
                  </Link>
                )}
                {(row.status === 'not run' || row.status === 'failed') && (
                  <button
                    type="button"
                    className="link-button"
                    disabled={props.busy.has(cellKey(row))}
                    aria-label={`Queue ${row.dataset} ${row.loss} ${regularisers[row.regulariser]}`}
                    onClick={() => props.onQueue([row])}
                  >
                    Queue
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}

export function cellKey({ dataset, loss, regulariser }: Pick<PaperRow, 'dataset' | 'loss' | 'regulariser'>): string {
  return `${dataset} ${loss} ${regulariser}`;
}

function Values({ name, row }: { readonly name: string; readonly row: PaperRow }) {
  const value = row.metrics[name];
  const percent = (fraction: number | null | undefined) =>
    fraction === null || fraction === undefined ? '–' : (100 * fraction).toFixed(1);
  const fraction = value ? plusMinus(value) : null;
  const half = fraction === null ? null : 100 * fraction;
  const difference = value?.difference ?? null;
  return (
    <>
      <td className="number group">{percent(value?.paper)}</td>
      <td className="number">
        {value?.mean == null ? <span className="muted">–</span> : <strong>{percent(value.mean)}</strong>}
        {half !== null && <span className="small muted"> ±{half.toFixed(1)}</span>}
      </td>
      <td className={`number ${difference === null ? 'muted' : difference < 0 ? 'down' : 'up'}`}>
        {difference === null ? '–' : signedText(100 * difference, 1)}
      </td>
    </>
  );
}
