import { get } from '../../api/client.ts';
import type { Experiment } from '../../api/types.ts';
import { useResource } from '../../api/use-resource.ts';
import { addresses } from '../../navigation/addresses.ts';
import { served } from '../../navigation/base-path.ts';
import { Link } from '../../navigation/link.tsx';
import { EmptyNote, ErrorNote } from '../../parts/notes.tsx';
import { WideTable } from '../../parts/wide-table.tsx';
import { durationText, timeText } from '../../words/time-text.ts';
import { Verifications } from './verifications.tsx';

/** How it was run: attempts, checkpoints, environment. */
export function RunTab({ experiment }: { readonly experiment: Experiment }) {
  return (
    <>
      <Attempts experiment={experiment} />
      <Checkpoints experiment={experiment} />
      {experiment.status === 'succeeded' && <Verifications experiment={experiment} />}
      <Environment experiment={experiment} />
    </>
  );
}

/** What its numbers depend on beside its config. */
function Environment({ experiment }: { readonly experiment: Experiment }) {
  const { data } = useResource(`earlier ${experiment.id}`, (signal) =>
    get('/experiments/{id}', { path: { id: experiment.id }, signal }),
  );
  const earlier = data?.earlier ?? null;
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Environment</h2>
        <span className="small">the same config, environment and data give the same weights, bit by bit</span>
      </div>
      {earlier !== null && (
        <p className="panel-body">
          <Link href={addresses.experiment(earlier.experiment_id)}>An earlier run of the same config</Link> was made by
          another version of the code ({earlier.numerics?.slice(0, 12) ?? 'not recorded'}).
        </p>
      )}
      {experiment.environment === null ? (
        <EmptyNote>It is recorded when the run starts.</EmptyNote>
      ) : (
        <dl className="panel-body config-columns flat">
          {Object.entries(experiment.environment).map(([name, value]) => (
            <div key={name}>
              <dt className="mono">{name}</dt>
              <dd>{String(value)}</dd>
            </div>
          ))}
          {typeof experiment.result?.weights_sha256 === 'string' && (
            <div>
              <dt className="mono">weights_sha256</dt>
              <dd className="mono">{experiment.result.weights_sha256}</dd>
            </div>
          )}
        </dl>
      )}
    </section>
  );
}

function Attempts({ experiment }: { readonly experiment: Experiment }) {
  const { id, attempt, status, failures, interruptions } = experiment;
  const { data, error, reload } = useResource(`attempts ${id} ${attempt} ${status}`, (signal) =>
    get('/experiments/{id}/attempts', { path: { id }, signal }),
  );
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Attempts</h2>
        {failures + interruptions > 0 && (
          <span className="small">
            in a row without a new checkpoint: {failures} failed, {interruptions} interrupted
          </span>
        )}
      </div>
      {error !== null && <ErrorNote error={error} retry={reload} />}
      {data?.items.length === 0 && <EmptyNote>No worker has taken it yet.</EmptyNote>}
      {data !== null && data.items.length > 0 && (
        <WideTable label="Attempts">
          <table>
            <thead>
              <tr>
                <th scope="col">#</th>
                <th scope="col">Outcome</th>
                <th scope="col">Worker</th>
                <th scope="col">Device</th>
                <th scope="col">Started</th>
                <th scope="col" className="number">
                  Took
                </th>
                <th scope="col">From step</th>
                <th scope="col">Reason</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((one) => (
                <tr key={one.number}>
                  <td>{one.number}</td>
                  <td>{one.outcome ?? 'running'}</td>
                  <td>{one.worker}</td>
                  <td>{one.device}</td>
                  <td className="nowrap">{timeText(one.started_at)}</td>
                  <td className="number nowrap">
                    {one.ended_at === null
                      ? ''
                      : durationText((Date.parse(one.ended_at) - Date.parse(one.started_at)) / 1000)}
                  </td>
                  <td>{one.resumed_from_step ?? 'the beginning'}</td>
                  <td>{one.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </WideTable>
      )}
    </section>
  );
}

/** What can be pasted into a terminal beside a checkout, whichever server that knows. */
function exportCommand(id: string): string {
  return `npx spherelab export ${id.slice(0, 8)} --format pth --out weights.pth --url ${location.origin}${served('')}`;
}

function Checkpoints({ experiment: { id, status, steps_done } }: { readonly experiment: Experiment }) {
  const { data } = useResource(`checkpoints ${id} ${status} ${Math.floor(steps_done / 50)}`, (signal) =>
    get('/experiments/{id}/checkpoints', { path: { id }, signal }),
  );
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Checkpoints</h2>
        <span className="small">
          weights for PyTorch: <code className="mono">{exportCommand(id)}</code>
        </span>
      </div>
      {data === null || data.items.length === 0 ? (
        <EmptyNote>There is none yet.</EmptyNote>
      ) : (
        <WideTable label="Checkpoints">
          <table>
            <thead>
              <tr>
                <th scope="col">Kind</th>
                <th scope="col" className="number">
                  Updates
                </th>
                <th scope="col" className="number">
                  Size
                </th>
                <th scope="col">Weights SHA-256</th>
                <th scope="col">Saved</th>
                <th scope="col">File</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((one) => (
                <tr key={one.id}>
                  <td>{one.kind}</td>
                  <td className="number">{one.step}</td>
                  <td className="number nowrap">{(one.bytes / 2 ** 20).toFixed(1)} MiB</td>
                  <td className="mono">{one.weights_sha256.slice(0, 16)}…</td>
                  <td className="nowrap">{timeText(one.created_at)}</td>
                  <td>
                    <a href={served(`/checkpoints/${one.id}/download`)} download>
                      Download
                    </a>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </WideTable>
      )}
    </section>
  );
}
