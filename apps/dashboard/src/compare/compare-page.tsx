import { useMemo, useState } from 'react';
import { get } from '../api/client.ts';
import type { Experiment } from '../api/types.ts';
import { useResource } from '../api/use-resource.ts';
import { Chart, type StepRange } from '../experiment/curves/chart.tsx';
import { seriesByName } from '../experiment/curves/use-compared-runs.ts';
import { useQueryValue } from '../navigation/use-query-value.ts';
import { EmptyNote, ErrorNote, LoadingNote } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { ParallelCoordinates } from '../sweeps/parallel-coordinates.tsx';
import { useTheme } from '../theme/use-theme.ts';
import { isInPercent, metricName } from '../words/metric-text.ts';
import { DifferenceTable } from './difference-table.tsx';
import { differingFields } from './differing-fields.ts';
import { groupLines, type MeasuredRun } from './group-lines.ts';
import { Scatter } from './scatter.tsx';

const metrics = ['recall_at_1', 'map_at_r', 'nmi', 'f1', 'norm_cv', 'train_loss', 'loss_metric'] as const;
const pointsShown = 300;
const refreshMs = 5_000;
/** Requests for metrics that are under way at a time. */
const atOnce = 6;

/** Any number of runs side by side: what differs in settings and results, their curves, and which field went with the result. */
export default function ComparePage() {
  const [text] = useQueryValue('runs');
  const asked = useMemo(() => text.split(',').filter((id) => id !== ''), [text]);
  const runs = useResource(
    asked.length === 0 ? null : `compare ${text}`,
    (signal) => get('/experiments', { query: { ids: asked.join(','), limit: 500 }, signal }),
    refreshMs,
  );
  if (asked.length === 0) return <EmptyNote>Tick runs in the list of experiments to compare them here.</EmptyNote>;
  if (runs.data === null) {
    return runs.error === null ? <LoadingNote what="the runs" /> : <ErrorNote error={runs.error} retry={runs.reload} />;
  }
  const { items } = runs.data;
  const missing = asked.filter((prefix) => !items.some(({ id }) => id.startsWith(prefix.toLowerCase())));
  return (
    <>
      <PageHead title={`${items.length} ${items.length === 1 ? 'run' : 'runs'} compared`} sub={null} />
      {missing.length > 0 && (
        <p className="note" role="note">
          Not found, perhaps deleted: {missing.join(', ')}
        </p>
      )}
      <DifferenceTable runs={items} />
      <GroupedCurves runs={items} />
      <Scatter runs={items} />
      <ParallelCoordinates fields={differingFields(items)} runs={items} />
    </>
  );
}

function GroupedCurves({ runs }: { readonly runs: readonly Experiment[] }) {
  const theme = useTheme();
  const [metric, setMetric] = useQueryValue('metric', 'recall_at_1');
  const [field, setField] = useQueryValue('by');
  const [range, setRange] = useState<StepRange | null>(null);
  const key = runs.map(({ id, steps_done: done, status }) => `${id} ${done} ${status}`).join(',');
  const { data } = useResource(`curves ${metric} ${key}`, (signal) => readCurves(runs, metric, signal));
  const fields = differingFields(runs).filter((name) => name !== 'seed');
  const lines = useMemo(() => groupLines(data ?? [], field, theme), [data, field, theme]);
  return (
    <section>
      <div className="bar spread">
        <h2>Curves</h2>
        <div className="bar">
          <select aria-label="Metric" value={metric} onChange={(event) => setMetric(event.target.value)}>
            {metrics.map((name) => (
              <option key={name} value={name}>
                {metricName(name)}
              </option>
            ))}
          </select>
          <select aria-label="Group by" value={field} onChange={(event) => setField(event.target.value)}>
            <option value="">each run by itself</option>
            {fields.map((name) => (
              <option key={name} value={name}>
                mean for each {name}
              </option>
            ))}
          </select>
        </div>
      </div>
      <Chart
        title={`${metricName(metric)}${isInPercent(metric) ? ', %' : ''}`}
        lines={lines}
        inPercent={isInPercent(metric)}
        range={range}
        onRange={setRange}
      />
    </section>
  );
}

async function readCurves(runs: readonly Experiment[], metric: string, signal: AbortSignal): Promise<MeasuredRun[]> {
  const measured: MeasuredRun[] = [];
  for (let at = 0; at < runs.length; at += atOnce) {
    const some = runs.slice(at, at + atOnce).map(async (run): Promise<MeasuredRun> => {
      const query = { name: metric, max_points: pointsShown };
      const answer = await get('/experiments/{id}/metrics', { path: { id: run.id }, query, signal });
      return { run, points: seriesByName(answer).get(metric) ?? [] };
    });
    measured.push(...(await Promise.all(some)));
  }
  return measured;
}
