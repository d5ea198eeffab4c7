import { useState } from 'react';
import type { Experiment } from '../api/types.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { WideTable } from '../parts/wide-table.tsx';
import { experimentLine, lastMetric } from '../words/experiment-title.ts';
import { isInPercent, metricName, metricText } from '../words/metric-text.ts';
import { compareBy, comparedMetrics, comparisonCsv } from './comparison-csv.ts';
import { differingFields, settingText, shareExplained } from './differing-fields.ts';

/** What differs: a row for each run, best R@1 first unless a head is pressed, and how much of the spread of R@1 goes with each field. */
export function DifferenceTable({ runs }: { readonly runs: readonly Experiment[] }) {
  const [sort, setSort] = useState('recall_at_1');
  const fields = differingFields(runs);
  const sorted = runs.toSorted((a, b) => compareBy(sort, a, b));
  const head = (name: string, text: string) => (
    <th scope="col" key={name}>
      <button type="button" className="link-button" aria-pressed={sort === name} onClick={() => setSort(name)}>
        {text}
      </button>
    </th>
  );
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>What differs</h2>
        <a
          className="small"
          download="comparison.csv"
          href={`data:text/csv;charset=utf-8,${encodeURIComponent(comparisonCsv(sorted, fields))}`}
        >
          CSV
        </a>
      </div>
      <WideTable label="What differs">
        <table>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Status</th>
              {fields.map((field) => head(field, field))}
              {comparedMetrics.map((name) => head(name, `${metricName(name)}${isInPercent(name) ? ', %' : ''}`))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((run) => (
              <tr key={run.id}>
                <td className="nowrap">
                  <Link href={addresses.experiment(run.id)}>{experimentLine(run)}</Link>
                </td>
                <td>
                  <StatusBadge experiment={run} />
                </td>
                {fields.map((field) => (
                  <td key={field}>{settingText(run, field)}</td>
                ))}
                {comparedMetrics.map((name) => (
                  <td key={name} className="number">
                    {metricText(name, lastMetric(run, name))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          {fields.length > 0 && (
            <tfoot>
              <tr>
                <th scope="row" colSpan={2}>
                  share of the spread of R@1
                </th>
                {fields.map((field) => (
                  <td key={field}>{shareText(shareExplained(runs, field, 'recall_at_1'))}</td>
                ))}
                <td colSpan={comparedMetrics.length} className="small muted">
                  squares between the means of a field's values over all; fields that vary together share it
                </td>
              </tr>
            </tfoot>
          )}
        </table>
      </WideTable>
    </section>
  );
}

function shareText(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(0)} %`;
}
