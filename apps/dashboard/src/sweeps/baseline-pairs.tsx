import type { SweepTable } from '../api/types.ts';
import { WideTable } from '../parts/wide-table.tsx';
import { metricName } from '../words/metric-text.ts';

type Pair = SweepTable['pairs'][number];

/** A sweep of thousands of cells has as many pairs; its Markdown table has all of them. */
const mostShown = 50;

/** Rows beside those with the baseline value of one field: what the chosen metric differs by, paired by seed, in words. */
export function BaselinePairs({ table, metric }: { readonly table: SweepTable; readonly metric: string }) {
  const pairs = table.pairs.filter(({ metrics }) => metrics[metric] !== undefined);
  if (pairs.length === 0) return null;
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>
          {metricName(metric)} beside the baseline{' '}
          <span className="muted">paired by seed, mean difference and its 95 % interval</span>
        </h2>
        {pairs.length > mostShown && (
          <span className="small muted">
            the first {mostShown} of {pairs.length}
          </span>
        )}
      </div>
      <WideTable label="Paired differences">
        <table>
          <thead>
            <tr>
              <th scope="col">Row</th>
              <th scope="col">minus</th>
              <th scope="col">{metricName(metric)}</th>
            </tr>
          </thead>
          <tbody>
            {pairs.slice(0, mostShown).map((pair) => (
              <tr key={JSON.stringify([pair.field, pair.treatment])}>
                <td>{rowText(pair)}</td>
                <td>{valueText(pair, pair.baseline)}</td>
                <td className={pair.metrics[metric]?.verdict === 'within noise' ? 'muted' : ''}>
                  {pair.metrics[metric]?.text}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
    </section>
  );
}

/** What differs first, then what both rows share. */
function rowText(pair: Pair): string {
  const shared = Object.entries(pair.treatment).filter(([field]) => field !== pair.field);
  return [valueText(pair, pair.treatment), ...shared.map(([field, value]) => `${field} ${String(value)}`)].join(', ');
}

function valueText({ field }: Pair, settings: Pair['treatment']): string {
  return `${field} ${String(settings[field])}`;
}
