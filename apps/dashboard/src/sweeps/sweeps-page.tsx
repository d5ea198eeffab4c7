import { get } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { NothingYet, PendingNote } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { WideTable } from '../parts/wide-table.tsx';
import { agoText, timeText } from '../words/time-text.ts';
import { gridText, sweepTitle } from './grid-text.ts';
import { SweepProgress } from './sweep-progress.tsx';

const refreshMs = 2_000;

/** All sweeps, newest first. */
export default function SweepsPage() {
  const sweeps = useResource('sweeps', (signal) => get('/sweeps', { query: { limit: 200 }, signal }), refreshMs);
  const { data } = sweeps;
  return (
    <>
      <PageHead title="Sweeps" sub="Grids of experiments and the tables they make.">
        <Link className="button primary" href={addresses.newSweep}>
          New sweep
        </Link>
      </PageHead>
      <PendingNote resource={sweeps} what="sweeps" />
      {data?.items.length === 0 && (
        <NothingYet
          what="sweep"
          command="npx spherelab sweep --dataset shapes --grid loss=triplet,ms --grid sec_wei=0,0.5"
        />
      )}
      {data !== null && data.items.length > 0 && (
        <WideTable label="Sweeps" isPanel>
          <table>
            <thead>
              <tr>
                <th scope="col">Sweep</th>
                <th scope="col">Grid</th>
                <th scope="col">Progress</th>
                <th scope="col" className="number">
                  Runs
                </th>
                <th scope="col" className="number">
                  Created
                </th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((sweep) => (
                <tr key={sweep.id}>
                  <td>
                    <Link href={addresses.sweep(sweep.id)}>{sweepTitle(sweep)}</Link>
                  </td>
                  <td className="small muted">{gridText(sweep)}</td>
                  <td style={{ minWidth: 220 }}>
                    <SweepProgress sweep={sweep} />
                  </td>
                  <td className="number">{sweep.total}</td>
                  <td className="number nowrap small muted" title={timeText(sweep.created_at)}>
                    {agoText(sweep.created_at)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </WideTable>
      )}
    </>
  );
}
