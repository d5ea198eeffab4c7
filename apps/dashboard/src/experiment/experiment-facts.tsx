import type { Experiment, Point } from '../api/types.ts';
import { ProgressBar } from '../parts/progress-bar.tsx';
import { metricName, metricText } from '../words/metric-text.ts';
import { durationText } from '../words/time-text.ts';

const shown = ['recall_at_1', 'nmi', 'ami', 'f1', 'map_at_r', 'norm_cv'] as const;

/** The numbers that matter, as they are now. */
export function ExperimentFacts(props: {
  readonly experiment: Experiment;
  readonly series: ReadonlyMap<string, readonly Point[]>;
}) {
  const { experiment, series } = props;
  const latest = (name: string) => series.get(name)?.findLast(([, value]) => value !== null)?.[1];
  const { started_at: started, finished_at: finished } = experiment;
  return (
    <dl className="facts">
      <div>
        <dt>{experiment.status === 'running' ? (experiment.status_reason ?? 'progress') : 'progress'}</dt>
        <dd style={{ minWidth: 130 }}>
          <ProgressBar experiment={experiment} />
        </dd>
      </div>
      {shown.map((name) => (
        <div key={name}>
          <dt>
            {metricName(name)}
            {name === 'norm_cv' ? '' : ', %'}
          </dt>
          <dd>{metricText(name, latest(name)) || '–'}</dd>
        </div>
      ))}
      <div>
        <dt>images/s</dt>
        <dd>{metricText('images_per_s', latest('images_per_s')) || '–'}</dd>
      </div>
      <div>
        <dt>elapsed</dt>
        <dd>
          {started === null
            ? '–'
            : durationText(((finished === null ? Date.now() : Date.parse(finished)) - Date.parse(started)) / 1000)}
        </dd>
      </div>
      <div>
        <dt>start weights</dt>
        <dd>{String(experiment.config.weights)}</dd>
      </div>
    </dl>
  );
}
