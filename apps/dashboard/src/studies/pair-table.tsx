import type { Study } from '../api/types.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { WideTable } from '../parts/wide-table.tsx';
import { metricName } from '../words/metric-text.ts';
import { planOf } from './study-plan.ts';
import { type Comparison, points, signedPoints } from './study-text.ts';

/** Both runs of each seed; a run that was deleted is a number without a link. */
export function PairTable({ study, comparison }: { readonly study: Study; readonly comparison: Comparison }) {
  const { arm, baseline, pairs, left_out: leftOut } = comparison;
  const idOf = (name: string, seed: number) =>
    study.runs.find((run) => run.phase === 'compare' && run.arm === name && run.seed === seed)?.experiment_id;
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>
          Pairs <span className="muted">{metricName(planOf(study).metric)} in percent</span>
        </h2>
      </div>
      <WideTable label={`Pairs of ${arm} and ${baseline}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Seed</th>
              <th scope="col" className="number">
                {baseline}
              </th>
              <th scope="col" className="number">
                {arm}
              </th>
              <th scope="col" className="number">
                Difference
              </th>
            </tr>
          </thead>
          <tbody>
            {pairs.map((pair) => (
              <tr key={pair.seed}>
                <td>{pair.seed}</td>
                <td className="number">
                  <RunLink
                    id={idOf(baseline, pair.seed)}
                    text={points(pair.baseline)}
                    of={`${baseline}, seed ${pair.seed}`}
                  />
                </td>
                <td className="number">
                  <RunLink id={idOf(arm, pair.seed)} text={points(pair.arm)} of={`${arm}, seed ${pair.seed}`} />
                </td>
                <td className="number">{signedPoints(pair.difference)}</td>
              </tr>
            ))}
            {leftOut.map(({ seed, reason }) => (
              <tr key={seed}>
                <td>{seed}</td>
                <td colSpan={3} className="bad-text">
                  left out: {reason}
                </td>
              </tr>
            ))}
            {pairs.length + leftOut.length === 0 && (
              <tr>
                <td colSpan={4} className="muted">
                  No pair has ended yet.
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </WideTable>
    </section>
  );
}

function RunLink({ id, text, of }: { readonly id: string | undefined; readonly text: string; readonly of: string }) {
  if (id === undefined) return text;
  return (
    <Link href={addresses.experiment(id)} aria-label={`${text}, run of ${of}`}>
      {text}
    </Link>
  );
}
