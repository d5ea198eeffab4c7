import { signedText } from '@spherelab/statistics';
import { WideTable } from '../parts/wide-table.tsx';
import { isInPercent, metricName } from '../words/metric-text.ts';
import { type Comparison, signedPoints } from './study-text.ts';

/** As in the tables of sweeps; what a server tells beyond it comes first. */
const order: readonly string[] = ['recall_at_1', 'map_at_r', 'nmi', 'ami', 'f1', 'norm_cv'];

/** What else the same pairs differ by, with ordinary intervals. */
export function OtherMetrics({ comparison }: { readonly comparison: Comparison }) {
  const metrics = Object.entries(comparison.metrics).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  if (metrics.length === 0) return null;
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>
          All metrics <span className="muted">of the same pairs, in points</span>
        </h2>
      </div>
      <WideTable label={`Metrics of ${comparison.arm} minus ${comparison.baseline}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col">In words</th>
              <th scope="col" className="number">
                Mean
              </th>
              <th scope="col" className="number">
                95 % interval
              </th>
              <th scope="col" className="number">
                n
              </th>
            </tr>
          </thead>
          <tbody>
            {metrics.map(([name, { n, mean, ci95, verdict }]) => (
              <tr key={name}>
                <td>{metricName(name)}</td>
                <td className={`nowrap ${verdict === 'within noise' || verdict === 'one pair' ? 'muted' : ''}`}>
                  {verdict}
                </td>
                <td className="number">{differenceText(name, mean)}</td>
                <td className="number nowrap">
                  {ci95 === null ? '' : `[${ci95.map((bound) => differenceText(name, bound)).join(', ')}]`}
                </td>
                <td className="number">{n}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
      <p className="small muted panel-body">
        Ordinary 95 % intervals, for a number of pairs fixed before: they are not corrected for looking, nor for their
        number, and decide nothing.
      </p>
    </section>
  );
}

/** A difference of a rate in points; of anything else as it is. */
export function differenceText(metric: string, value: number): string {
  if (isInPercent(metric)) return signedPoints(value);
  return signedText(value, 3);
}
