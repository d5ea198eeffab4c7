import type { Experiment } from '../api/types.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { ProgressBar } from '../parts/progress-bar.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { WideTable } from '../parts/wide-table.tsx';
import { experimentLine, lastMetric } from '../words/experiment-title.ts';
import { metricName, metricText } from '../words/metric-text.ts';

const metrics = ['recall_at_1', 'nmi', 'ami', 'f1', 'norm_cv'] as const;

/** The runs of a sweep, or of one of its cells. */
export function CellRuns({ runs, title }: { readonly runs: readonly Experiment[]; readonly title: string }) {
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{title}</h2>
        {runs.length > 1 && <Link href={addresses.compare(runs.map(({ id }) => id))}>Compare them</Link>}
      </div>
      <WideTable label="Runs">
        <table>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Status</th>
              <th scope="col">Progress</th>
              {metrics.map((name) => (
                <th scope="col" key={name} className="number">
                  {metricName(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <td>
                  <Link href={addresses.experiment(run.id)}>{experimentLine(run)}</Link>
                </td>
                <td>
                  <StatusBadge experiment={run} />
                </td>
                <td style={{ minWidth: 160 }}>
                  <ProgressBar experiment={run} />
                </td>
                {metrics.map((name) => (
                  <td key={name} className="number">
                    {metricText(name, lastMetric(run, name))}
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
