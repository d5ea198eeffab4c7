import { memo } from 'react';
import type { Experiment } from '../api/types.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { ProgressBar } from '../parts/progress-bar.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { experimentLine, experimentTitle, lastMetric } from '../words/experiment-title.ts';
import { metricText } from '../words/metric-text.ts';
import { agoText, timeText } from '../words/time-text.ts';

/** One experiment of the list. */
export const ExperimentRow = memo(function ExperimentRow(props: {
  readonly experiment: Experiment;
  readonly position: number;
  readonly isChosen: boolean;
  readonly onChoose: (id: string) => void;
}) {
  const { experiment } = props;
  const { main, rest } = experimentTitle(experiment);
  const metric = (name: string) => metricText(name, lastMetric(experiment, name));
  return (
    // biome-ignore lint/a11y/useSemanticElements: only some of 10,000 rows exist, which a table element cannot say
    <div className="run-row" role="row" aria-rowindex={props.position + 2} tabIndex={-1}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <span role="cell" className="wide-only" style={{ overflow: 'visible' }}>
        <input
          type="checkbox"
          aria-label={`Compare ${experimentLine(experiment)}`}
          checked={props.isChosen}
          onChange={() => props.onChoose(experiment.id)}
        />
      </span>
      <Cell>
        <StatusBadge experiment={experiment} />
      </Cell>
      <Cell>
        <Link className="title" href={addresses.experiment(experiment.id)} title={`${main} · ${rest}`}>
          {main} <span>· {rest}</span>
        </Link>
      </Cell>
      <Cell className="wide-only">
        <span className="tags">
          {experiment.tags.map((tag) => (
            <span className="tag" key={tag}>
              {tag}
            </span>
          ))}
        </span>
      </Cell>
      <Cell className="wide-only">
        <ProgressBar experiment={experiment} />
      </Cell>
      <Cell className="number">{metric('recall_at_1')}</Cell>
      <Cell className="number wide-only">{metric('nmi')}</Cell>
      <Cell className="number wide-only">{metric('norm_cv')}</Cell>
      <Cell className="number small muted wide-only">
        <time dateTime={experiment.created_at} title={timeText(experiment.created_at)}>
          {agoText(experiment.created_at)}
        </time>
      </Cell>
    </div>
  );
});

function Cell({ className, children }: { readonly className?: string; readonly children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the row
    <span role="cell" className={className}>
      {children}
    </span>
  );
}
