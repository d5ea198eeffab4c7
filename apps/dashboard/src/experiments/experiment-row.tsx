import { memo } from 'react';
import type { Experiment } from '../api/types.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { ProgressBar } from '../parts/progress-bar.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { experimentLine, experimentTitle } from '../words/experiment-title.ts';
import { valueText } from '../words/settings-text.ts';
import { timeText } from '../words/time-text.ts';
import type { ListColumn } from './list-columns.ts';
import { classOf } from './sort-head.tsx';

/** One experiment of the list. */
export const ExperimentRow = memo(function ExperimentRow(props: {
  readonly experiment: Experiment;
  readonly position: number;
  readonly columns: readonly ListColumn[];
  /** fields of the config that are told behind the title */
  readonly told: readonly string[];
  readonly isChosen: boolean;
  readonly onChoose: (id: string) => void;
}) {
  const { experiment, columns } = props;
  const { main, rest } = experimentTitle(experiment);
  const others = props.told.map((field) => ` · ${field} ${valueText(experiment.config[field])}`).join('');
  return (
    // biome-ignore lint/a11y/useSemanticElements: only some of 10,000 rows exist, which a table element cannot say
    <div className="run-row" role="row" aria-rowindex={props.position + 2} tabIndex={-1}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <span role="cell" className="wide-only" style={{ overflow: 'visible' }}>
        <input
          type="checkbox"
          aria-label={`Choose ${experimentLine(experiment)}`}
          checked={props.isChosen}
          onChange={() => props.onChoose(experiment.id)}
        />
      </span>
      <Cell>
        <StatusBadge experiment={experiment} />
      </Cell>
      <Cell>
        <Link className="title" href={addresses.experiment(experiment.id)} title={`${main} · ${rest}${others}`}>
          {main}{' '}
          <span>
            · {rest}
            {others}
          </span>
        </Link>
      </Cell>
      {columns.map((column, at) => (
        <Cell key={column.name} className={classOf(column, columns, at)}>
          <Value column={column} experiment={experiment} />
        </Cell>
      ))}
    </div>
  );
});

function Value({ column, experiment }: { readonly column: ListColumn; readonly experiment: Experiment }) {
  const { name } = column;
  if (name === 'progress') return <ProgressBar experiment={experiment} />;
  if (name === 'tags') {
    return (
      <span className="tags">
        {experiment.tags.map((tag) => (
          <span className="tag" key={tag}>
            {tag}
          </span>
        ))}
      </span>
    );
  }
  const text = column.value(experiment);
  if (name !== 'created_at' && name !== 'updated_at') return <span title={text}>{text}</span>;
  return (
    <time className="small muted" dateTime={experiment[name]} title={timeText(experiment[name])}>
      {text}
    </time>
  );
}

function Cell({ className, children }: { readonly className?: string; readonly children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the row
    <span role="cell" className={className}>
      {children}
    </span>
  );
}
