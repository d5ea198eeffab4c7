import { get } from '../api/client.ts';
import type { Worker } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { EmptyNote, PendingNote } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { WideTable } from '../parts/wide-table.tsx';
import { agoText, timeText } from '../words/time-text.ts';
import { QueueDepth } from './queue-depth.tsx';
import { WorkerRun } from './worker-runs.tsx';

const refreshMs = 2_000;

/** Who trains, on what, and how much waits. */
export default function WorkersPage() {
  const workers = useResource('workers', (signal) => get('/workers', { signal }), refreshMs);
  const { data } = workers;
  return (
    <>
      <PageHead
        title="Workers"
        sub="Workers seen in the last 24 hours. More join from any machine with npx spherelab worker."
      />
      <QueueDepth />
      <PendingNote resource={workers} what="workers" />
      {data?.items.length === 0 && <EmptyNote>No worker was seen: what is queued waits for one.</EmptyNote>}
      {data !== null && data.items.length > 0 && (
        <WideTable label="Workers" isPanel>
          <table>
            <thead>
              <tr>
                <th scope="col">Worker</th>
                <th scope="col">State</th>
                <th scope="col">Devices</th>
                <th scope="col">Trains now</th>
                <th scope="col">Heartbeat</th>
                <th scope="col">Started</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((worker) => (
                <Row key={worker.name} worker={worker} />
              ))}
            </tbody>
          </table>
        </WideTable>
      )}
    </>
  );
}

function Row({ worker }: { readonly worker: Worker }) {
  const state = worker.alive
    ? worker.experiment_ids.length > 0
      ? 'running'
      : 'idle'
    : worker.stopped_at === null
      ? 'silent'
      : 'stopped';
  return (
    <tr>
      <td>
        <strong>{worker.name}</strong>
        <div className="small muted">
          {worker.host}, pid {worker.pid}, version {worker.version}
        </div>
      </td>
      <td>
        <span className={`badge ${{ running: 'running', idle: 'succeeded', silent: 'failed', stopped: '' }[state]}`}>
          {state}
        </span>
      </td>
      <td>{worker.devices.join(', ')}</td>
      <td style={{ minWidth: 260 }}>
        {worker.experiment_ids.length === 0 ? (
          <span className="muted">nothing</span>
        ) : (
          worker.experiment_ids.map((id) => <WorkerRun key={id} id={id} />)
        )}
      </td>
      <td className="nowrap">{agoText(worker.heartbeat_at)}</td>
      <td className="nowrap">{timeText(worker.started_at)}</td>
    </tr>
  );
}
