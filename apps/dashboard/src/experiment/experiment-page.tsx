import { useEffect } from 'react';
import { get } from '../api/client.ts';
import type { Experiment } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { showCurrent } from '../navigation/show-current.ts';
import { useQueryValue } from '../navigation/use-query-value.ts';
import { LiveMark } from '../parts/live-mark.tsx';
import { EmptyNote, ErrorNote, LoadingNote } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { experimentTitle } from '../words/experiment-title.ts';
import { BaselinesNote } from './baselines-note.tsx';
import { CurvesTab } from './curves/curves-tab.tsx';
import { ConfigTab } from './details/config-tab.tsx';
import { LogsTab } from './details/logs-tab.tsx';
import { RunTab } from './details/run-tab.tsx';
import { ExperimentActions } from './experiment-actions.tsx';
import { ExperimentFacts } from './experiment-facts.tsx';
import { LabelEditor } from './label-editor.tsx';
import { MapTab } from './map/map-tab.tsx';
import { NeighboursTab } from './neighbours/neighbours-tab.tsx';
import { NormsTab } from './norms/norms-tab.tsx';
import { type LiveExperiment, useExperimentStream } from './use-experiment-stream.ts';

const tabs = [
  ['curves', 'Curves'],
  ['norms', 'Norms'],
  ['neighbours', 'Neighbours'],
  ['map', 'Map'],
  ['config', 'Config'],
  ['run', 'Attempts and files'],
  ['logs', 'Logs'],
] as const;

/** One experiment, live. */
export default function ExperimentPage({ id }: { readonly id: string }) {
  const live = useExperimentStream(id);
  const [tab] = useQueryValue('tab', 'curves');
  const { experiment } = live;
  const isHere = experiment !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the bar is there once the experiment is
  useEffect(() => showCurrent('nav.tabs'), [tab, isHere]);
  if (experiment === null) return <NotYet id={id} live={live} />;
  const { main, rest } = experimentTitle(experiment);
  return (
    <>
      <PageHead
        title={main}
        sub={
          <span className="bar">
            <StatusBadge experiment={experiment} />
            <LiveMark state={live.stream} />
            <span>{rest}</span>
            {experiment.tags.map((tag) => (
              <Link className="tag" key={tag} href={`${addresses.experiments}?tag=${encodeURIComponent(tag)}`}>
                {tag}
              </Link>
            ))}
            {experiment.sweep_id !== null && <Link href={addresses.sweep(experiment.sweep_id)}>its sweep</Link>}
          </span>
        }
      >
        <LabelEditor experiment={experiment} />
        <ExperimentActions experiment={experiment} />
      </PageHead>
      <Trouble experiment={experiment} />
      {experiment.notes !== null && <p className="run-notes">{experiment.notes}</p>}
      <ExperimentFacts experiment={experiment} series={live.series} />
      <BaselinesNote result={experiment.result} series={live.series} />
      <nav className="tabs" aria-label="Views of the experiment">
        {tabs.map(([name, text]) => (
          <Link key={name} href={tabAddress(id, name)} aria-current={tab === name ? 'page' : undefined}>
            {text}
          </Link>
        ))}
      </nav>
      {tab === 'curves' && <CurvesTab live={live} />}
      {tab === 'norms' && <NormsTab live={live} experiment={experiment} />}
      {tab === 'neighbours' && <NeighboursTab id={id} evaluations={live.evaluations} />}
      {tab === 'map' && <MapTab id={id} evaluations={live.evaluations} />}
      {tab === 'config' && <ConfigTab experiment={experiment} />}
      {tab === 'run' && <RunTab experiment={experiment} />}
      {tab === 'logs' && <LogsTab logs={live.logs} />}
    </>
  );
}

function tabAddress(id: string, tab: string): string {
  const others = new URLSearchParams(location.search).get('with');
  const query = new URLSearchParams({
    ...(tab === 'curves' ? {} : { tab }),
    ...(others === null ? {} : { with: others }),
  });
  return query.size > 0 ? `${addresses.experiment(id)}?${query}` : addresses.experiment(id);
}

/** Why it failed, or why it waits. */
function Trouble({ experiment }: { readonly experiment: Experiment }) {
  const { status, error, status_reason: reason } = experiment;
  if (status === 'failed' && error !== null) {
    return (
      <div className="note error" role="alert">
        <strong>{error.code}</strong>: {error.message}
      </div>
    );
  }
  return status !== 'running' && status !== 'succeeded' && reason !== null ? <p className="muted">{reason}</p> : null;
}

/** The stream has not answered yet: a plain read tells a slow server from an unknown experiment. */
function NotYet({ id, live }: { readonly id: string; readonly live: LiveExperiment }) {
  const { error } = useResource(live.stream === 'lost' ? `exists ${id}` : null, (signal) =>
    get('/experiments/{id}', { path: { id }, signal }),
  );
  if (live.stream === 'ended') return <EmptyNote>This experiment was deleted.</EmptyNote>;
  return error === null ? <LoadingNote what="the experiment" /> : <ErrorNote error={error} />;
}
