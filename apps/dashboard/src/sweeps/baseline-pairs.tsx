import type { SweepTable } from '../api/types.ts';
import { WideTable } from '../parts/wide-table.tsx';
import { metricName } from '../words/metric-text.ts';
import { valueText } from '../words/settings-text.ts';
import { judgedMetrics, type SweepPair, verdictText } from './pair-verdicts.ts';

/** A sweep of thousands of cells has as many pairs; its tables as files have all of them. */
const mostShown = 50;
const questions: Readonly<Record<string, string>> = { sec_wei: 'Did SEC help?', l2reg_wei: 'Did L2-reg help?' };

/**
 * Rows beside those with the baseline value of one field, a section for each field: what the metrics differ by, paired by seed.
 * `of` tells the weights of SEC and L2-reg, which sweeps are mostly about, from all other fields.
 */
export function BaselinePairs(props: {
  readonly table: Pick<SweepTable, 'pairs'>;
  readonly of: 'regularisers' | 'others';
}) {
  const { table, of } = props;
  const fields = [...new Set(table.pairs.map(({ field }) => field))].filter(
    (field) => field in questions === (of === 'regularisers'),
  );
  return fields.map((field) => (
    <FieldPairs key={field} field={field} pairs={table.pairs.filter((pair) => pair.field === field)} />
  ));
}

function FieldPairs({ field, pairs }: { readonly field: string; readonly pairs: readonly SweepPair[] }) {
  const metrics = judgedMetrics.filter((name) => pairs.some((pair) => pair.metrics[name] !== undefined));
  const baseline = settingText(field, pairs[0]?.baseline);
  const title = questions[field] ?? `Does ${field} matter?`;
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>
          {title}{' '}
          <span className="muted">
            minus {baseline}, paired by seed: mean difference [its 95 % interval]; rates in points
          </span>
        </h2>
        {pairs.length > mostShown && (
          <span className="small muted">
            the first {mostShown} of {pairs.length}
          </span>
        )}
      </div>
      <ul className="panel-body verdicts">
        {metrics.map((name) => (
          <li key={name}>
            <strong>{metricName(name)}</strong>: {verdictText(pairs, name)}
          </li>
        ))}
      </ul>
      <WideTable label={`Paired differences of ${field}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Row</th>
              {metrics.map((name) => (
                <th scope="col" key={name}>
                  {metricName(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {pairs.slice(0, mostShown).map((pair) => (
              <tr key={JSON.stringify(pair.treatment)}>
                <td>{rowText(pair)}</td>
                {metrics.map((name) => (
                  <td key={name} className={pair.metrics[name]?.verdict === 'within noise' ? 'muted' : ''}>
                    {pair.metrics[name]?.text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
    </section>
  );
}

/** What differs first, then what both rows share. */
function rowText({ field, treatment }: SweepPair): string {
  const shared = Object.keys(treatment).filter((other) => other !== field);
  return [field, ...shared].map((name) => settingText(name, treatment)).join(', ');
}

function settingText(field: string, settings: SweepPair['treatment'] | undefined): string {
  return `${field} ${valueText(settings?.[field])}`;
}
