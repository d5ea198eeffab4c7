import { get } from '../api/client.ts';
import type { Experiment, Sweep, SweepTable } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { served } from '../navigation/base-path.ts';
import { useQueryValue } from '../navigation/use-query-value.ts';
import { ErrorNote, LoadingNote } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { metricName } from '../words/metric-text.ts';
import { durationText } from '../words/time-text.ts';
import { BaselinePairs } from './baseline-pairs.tsx';
import { CellRuns } from './cell-runs.tsx';
import { gridText, sweepTitle } from './grid-text.ts';
import { matrixOf } from './matrix.ts';
import { ParallelCoordinates } from './parallel-coordinates.tsx';
import { Rungs } from './rungs.tsx';
import { SweepActions } from './sweep-actions.tsx';
import { SweepHeatMap } from './sweep-heat-map.tsx';
import { SweepProgress } from './sweep-progress.tsx';
import { sweepRemaining } from './sweep-remaining.ts';
import { readSweepRuns } from './sweep-runs.ts';

const refreshMs = 1_500;
const formats = [
  ['csv', 'CSV'],
  ['md', 'Markdown'],
  ['latex', 'LaTeX'],
] as const;

/** One sweep: its matrix, its runs across settings and results, its tables. */
export default function SweepPage({ id }: { readonly id: string }) {
  const [at, setAt] = useQueryValue('at', 'last');
  const sweep = useResource(`sweep ${id}`, (signal) => get('/sweeps/{id}', { path: { id }, signal }), refreshMs);
  const table = useResource(
    `table ${id} ${at}`,
    (signal) => get('/sweeps/{id}/table', { path: { id }, query: { at: at as 'last' }, signal }),
    refreshMs,
  );
  const runs = useResource(`runs of ${id}`, (signal) => readSweepRuns(id, signal), refreshMs);
  if (sweep.data === null || table.data === null || runs.data === null) {
    const error = sweep.error ?? table.error ?? runs.error;
    return error === null ? <LoadingNote what="the sweep" /> : <ErrorNote error={error} retry={sweep.reload} />;
  }
  return (
    <>
      <Head sweep={sweep.data} runs={runs.data} onChanged={sweep.reload} />
      <Rungs sweep={sweep.data} everyMs={refreshMs} />
      <Results sweep={sweep.data} all={runs.data} table={table.data} at={at} setAt={setAt} />
    </>
  );
}

function Head({
  sweep,
  runs,
  onChanged,
}: {
  readonly sweep: Sweep;
  readonly runs: readonly Experiment[];
  readonly onChanged: () => void;
}) {
  const remaining = sweepRemaining(runs);
  return (
    <PageHead title={sweepTitle(sweep)} sub={gridText(sweep)}>
      <span style={{ minWidth: 260 }}>
        <SweepProgress sweep={sweep} />
      </span>
      {remaining !== null && <span className="muted small">about {durationText(remaining)} left</span>}
      <SweepActions sweep={sweep} onChanged={onChanged} />
    </PageHead>
  );
}

function mixedCells({ rows }: SweepTable): number {
  return rows.filter(({ mixed }) => mixed).length;
}

function Results(props: {
  readonly sweep: Sweep;
  readonly all: readonly Experiment[];
  readonly table: SweepTable;
  readonly at: string;
  readonly setAt: (at: string) => void;
}) {
  const { sweep, all, table } = props;
  const [metric, setMetric] = useQueryValue('metric', 'recall_at_1');
  const [cell, setCell] = useQueryValue('cell');
  const matrix = matrixOf(table);
  const opened = matrix.down
    .flatMap((down) =>
      matrix.across.map((across) => ({ key: JSON.stringify([down, across]), row: matrix.cell(down, across) })),
    )
    .find(({ key }) => key === cell)?.row;
  const runs = opened ? all.filter(({ id }) => opened.experiment_ids.includes(id)) : all;
  const metrics = table.metrics.length > 0 ? table.metrics : ['recall_at_1'];
  const settings = Object.entries(opened?.settings ?? {}).map(([field, value]) => `${field} ${String(value)}`);
  return (
    <>
      <BaselinePairs table={table} of="regularisers" />
      <section className="panel">
        <div className="panel-head">
          <h2>
            {metricName(metric)}, mean over seeds <span className="muted">± half-width of the 95 % CI</span>
          </h2>
          <div className="bar">
            <select aria-label="Metric" value={metric} onChange={(event) => setMetric(event.target.value)}>
              {metrics.map((name) => (
                <option key={name} value={name}>
                  {metricName(name)}
                </option>
              ))}
            </select>
            <Segmented
              label="Which evaluation"
              value={props.at as 'last' | 'best'}
              options={[
                ['last', 'Last'],
                ['best', 'Best'],
              ]}
              onChange={props.setAt}
            />
          </div>
        </div>
        <div className="panel-body">
          <SweepHeatMap table={table} metric={metric} open={cell} onOpen={setCell} />
          {mixedCells(table) > 0 && (
            <p className="note" role="note">
              {mixedCells(table)} of {table.rows.length} cells mix results of several versions of the code, or of
              several contents of the data set; the downloaded tables mark them.
            </p>
          )}
          <p className="small muted bar spread" style={{ marginTop: 10 }}>
            <span>
              {props.at === 'best'
                ? 'Best by R@1, which is chosen on the images evaluated: it flatters.'
                : 'A cell opens its runs.'}
            </span>
            <span className="bar">
              Table as
              {formats.map(([format, text]) => (
                <a
                  key={format}
                  href={served(`/sweeps/${sweep.id}/table?format=${format}&at=${props.at}`)}
                  download={`${sweepTitle(sweep)}.${format === 'latex' ? 'tex' : format}`}
                >
                  {text}
                </a>
              ))}
              {table.pairs.length > 0 && (
                <a
                  href={served(`/sweeps/${sweep.id}/table?format=csv&part=pairs&at=${props.at}`)}
                  download={`${sweepTitle(sweep)} pairs.csv`}
                >
                  paired differences as CSV
                </a>
              )}
            </span>
          </p>
        </div>
      </section>
      <BaselinePairs table={table} of="others" />
      <CellRuns runs={runs} title={opened ? `Runs of ${settings.join(', ')}` : `All ${runs.length} runs`} />
      <ParallelCoordinates fields={table.fields} runs={all} />
    </>
  );
}
