import type { Study } from '../api/types.ts';
import { WideTable } from '../parts/wide-table.tsx';
import { metricName } from '../words/metric-text.ts';
import { valueText } from '../words/settings-text.ts';
import { planOf } from './study-plan.ts';
import { listText, points } from './study-text.ts';

type Tuning = Study['state']['tuning'][number];

/** What each arm tried on held-out training classes and which setting it took. */
export function TuningTables({ study }: { readonly study: Study }) {
  const { metric, tune } = planOf(study);
  if (tune === null) return null;
  return (
    <div className="grid-2 study-tables">
      {study.state.tuning.map((tuning) => (
        <section className="panel" key={tuning.arm}>
          <div className="panel-head">
            <h2>
              {tuning.arm}, tuned <span className="muted">mean {metricName(metric)} on held-out training classes</span>
            </h2>
          </div>
          <TrialTable tuning={tuning} metric={metric} />
          {tuning.at_edge.length > 0 && (
            <p className="small panel-body">
              The chosen {listText(tuning.at_edge)} is at the edge of what was tried: a wider search may find better.
            </p>
          )}
        </section>
      ))}
    </div>
  );
}

function TrialTable({ tuning, metric }: { readonly tuning: Tuning; readonly metric: string }) {
  const fields = [...new Set(tuning.trials.flatMap(({ settings }) => Object.keys(settings)))];
  return (
    <WideTable label={`Settings that ${tuning.arm} tried`}>
      <table>
        <thead>
          <tr>
            {fields.map((field) => (
              <th scope="col" className="number" key={field}>
                {field}
              </th>
            ))}
            <th scope="col" className="number">
              n
            </th>
            <th scope="col" className="number">
              {metricName(metric)}
            </th>
            <th scope="col">
              <span className="hidden-text">Choice</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tuning.trials.map((trial) => (
            <tr key={trial.trial} className={trial.trial === tuning.chosen ? 'chosen' : ''}>
              {fields.map((field) => (
                <td className="number" key={field}>
                  {field in trial.settings ? valueText(trial.settings[field]) : ''}
                </td>
              ))}
              <td className="number">{trial.n}</td>
              <td className="number">{trial.mean === null ? '' : points(trial.mean)}</td>
              <td className="nowrap">
                {trial.trial === tuning.chosen && <strong>chosen</strong>}
                {trial.failed > 0 && <span className="bad-text"> {trial.failed} failed</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  );
}
