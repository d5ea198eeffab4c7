import { plusMinus } from '@spherelab/statistics';
import { get } from '../api/client.ts';
import type { ExperimentGroups } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { comparedMetrics } from '../compare/comparison-csv.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { useQueryValue } from '../navigation/use-query-value.ts';
import { EmptyNote, ErrorNote, LoadingNote } from '../parts/notes.tsx';
import { WideTable } from '../parts/wide-table.tsx';
import { metricName, metricText } from '../words/metric-text.ts';
import { valueText } from '../words/settings-text.ts';
import type { ExperimentQuery } from './use-experiment-list.ts';

const refreshMs = 3_000;

type Group = ExperimentGroups['groups'][number];

/** What the filters find, grouped, with the mean of a metric for each group; a group leads to its runs. */
export function GroupTable({ filter, by }: { readonly filter: ExperimentQuery; readonly by: string }) {
  const [metric, setMetric] = useQueryValue('metric', 'recall_at_1');
  const { sort: _, ...query } = filter;
  const { data, error, reload } = useResource(
    `groups ${by} ${metric} ${JSON.stringify(query)}`,
    (signal) => get('/experiments/groups', { query: { ...query, by, metric } as never, signal }),
    refreshMs,
  );
  if (data === null) {
    return error === null ? <LoadingNote what="the groups" /> : <ErrorNote error={error} retry={reload} />;
  }
  if (data.groups.length === 0) return <EmptyNote>Nothing matches these filters.</EmptyNote>;
  return (
    <>
      <WideTable label="Groups of experiments" isPanel>
        <table>
          <thead>
            <tr>
              {data.by.map((name) => (
                <th key={name}>{name}</th>
              ))}
              <th className="number">runs</th>
              <th className="number">succeeded</th>
              <th className="number">
                <select aria-label="Metric" value={metric} onChange={(event) => setMetric(event.target.value)}>
                  {comparedMetrics.map((name) => (
                    <option key={name} value={name}>
                      {metricName(name)}, mean ± half-width of the 95 % CI
                    </option>
                  ))}
                </select>
              </th>
              <th className="number">sd</th>
              <th className="number">best</th>
              <th>
                <span className="hidden-text">Its runs</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.groups.map((group) => (
              <GroupRow key={JSON.stringify(group.values)} group={group} metric={metric} filter={query} />
            ))}
          </tbody>
        </table>
      </WideTable>
      {data.truncated && <p className="muted small">There are more groups than the {data.groups.length} shown.</p>}
    </>
  );
}

function GroupRow(props: { readonly group: Group; readonly metric: string; readonly filter: ExperimentQuery }) {
  const { group, metric } = props;
  const { mean, sd } = group;
  const half = plusMinus(group);
  return (
    <tr>
      {Object.entries(group.values).map(([name, value]) => (
        <td key={name}>{value === null ? '' : valueText(value)}</td>
      ))}
      <td className="number">{group.total}</td>
      <td className="number">{group.statuses.succeeded ?? 0}</td>
      <td className="number">
        {metricText(metric, mean)}
        {half !== null && ` ± ${metricText(metric, half)}`}
      </td>
      <td className="number">{metricText(metric, sd)}</td>
      <td className="number">
        {group.best_id === null ? (
          ''
        ) : (
          <Link href={addresses.experiment(group.best_id)}>{metricText(metric, group.best)}</Link>
        )}
      </td>
      <td>
        <Link href={runsOf(group, props.filter)}>its runs</Link>
      </td>
    </tr>
  );
}

/** The list with the conditions of a group beside those that are there. */
function runsOf(group: Group, filter: ExperimentQuery): string {
  const conditions = Object.entries(group.values).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [`${name}=${String(value)}`]
      : [],
  );
  const { filter: given = '', ...others } = filter as Readonly<Record<string, string>>;
  const query = new URLSearchParams(others);
  query.set('filter', [given, ...conditions].filter((part) => part !== '').join(', '));
  return `${addresses.experiments}?${query}`;
}
