import { get } from '../api/client.ts';
import type { Rungs as RungsAnswer, Sweep } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { PendingNote } from '../parts/notes.tsx';
import { WideTable } from '../parts/wide-table.tsx';
import { metricName, metricText } from '../words/metric-text.ts';
import { rungConfigs } from './rung-configs.ts';

type Rung = RungsAnswer['rungs'][number];

const colours: Readonly<Record<Rung['configs'][number]['state'], string>> = {
  waits: '',
  promoted: 'running',
  stopped: 'paused',
  finished: 'succeeded',
};

/** Successive halving: what each rung measured, the best first, what was promoted, and why the others stopped. */
export function Rungs({ sweep, everyMs }: { readonly sweep: Sweep; readonly everyMs: number }) {
  const { id, request } = sweep;
  const load = (signal: AbortSignal) => get('/sweeps/{id}/rungs', { path: { id }, signal });
  const rungs = useResource(request.strategy === 'asha' ? `rungs of ${id}` : null, load, everyMs);
  if (request.strategy !== 'asha') return null;
  const { metric } = request.halving as { readonly metric: string };
  return (
    <>
      <PendingNote resource={rungs} what="the rungs" />
      {rungs.data?.rungs.map((rung) => (
        <section className="panel" key={rung.rung}>
          <div className="panel-head">
            <h2>
              Rung {rung.rung + 1}: {rung.steps} steps{' '}
              <span className="muted">
                {rung.promoted > 0
                  ? `the best ${rung.promoted} of ${rung.size} are promoted`
                  : `${rung.size} trained to the end`}
              </span>
            </h2>
          </div>
          {rung.configs.length === 0 ? (
            <p className="panel-body muted">No setting has come so far.</p>
          ) : (
            <RungTable rung={rung} metric={metric} />
          )}
        </section>
      ))}
    </>
  );
}

function RungTable({ rung, metric }: { readonly rung: Rung; readonly metric: string }) {
  return (
    <WideTable label={`Settings of rung ${rung.rung + 1}`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Settings</th>
            <th scope="col" className="number">
              Mean {metricName(metric)}
            </th>
            <th scope="col" className="number">
              n
            </th>
            <th scope="col">State</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {rungConfigs(rung).map(({ settings, config }) => (
            <tr key={JSON.stringify(config.settings)}>
              <td className="nowrap">{settings}</td>
              <td className="number">{metricText(metric, config.mean)}</td>
              <td className="number">{config.n}</td>
              <td>
                <span className={`badge ${colours[config.state]}`}>{config.state}</span>
              </td>
              <td className="rung-why">{config.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}
