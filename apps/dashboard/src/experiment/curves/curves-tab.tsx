import { useMemo } from 'react';
import { useQueryValue } from '../../navigation/use-query-value.ts';
import { EmptyNote } from '../../parts/notes.tsx';
import { useTheme } from '../../theme/use-theme.ts';
import { experimentLine } from '../../words/experiment-title.ts';
import type { LiveExperiment } from '../use-experiment-stream.ts';
import { baselineLines } from './baseline-lines.ts';
import { Chart, type StepRange } from './chart.tsx';
import { chartGroups, comparedTitle } from './chart-groups.ts';
import { chartLines, metricKeys } from './chart-lines.ts';
import { ComparePicker } from './compare-picker.tsx';
import { useComparedRuns } from './use-compared-runs.ts';

/** Everything that was measured, over steps, alone or beside other runs. */
export function CurvesTab({ live }: { readonly live: LiveExperiment }) {
  const { experiment, series } = live;
  const theme = useTheme();
  const [smoothing, setSmoothing] = useQueryValue('smooth', '0');
  const [scale, setScale] = useQueryValue('scale', 'linear');
  const [rangeText, setRangeText] = useQueryValue('steps');
  const [withText] = useQueryValue('with');
  const compared = useComparedRuns(useMemo(() => withText.split(',').filter((id) => id !== ''), [withText]));
  const range = useMemo(() => readRange(rangeText), [rangeText]);
  const charts = useMemo(() => {
    const own = {
      name: experiment === null ? '' : experimentLine(experiment),
      series: withoutUnused(series, experiment),
    };
    return chartGroups
      .map((group) => ({ group, lines: chartLines(group, [own, ...compared], Number(smoothing), theme) }))
      .filter(({ lines }) => lines.some(({ points }) => points.length > 0))
      .map(({ group, lines }) => {
        const isAlone = compared.length === 0 && group.compared.includes('recall_at_1');
        return { group, lines: isAlone ? [...lines, ...baselineLines(experiment?.result, lines, theme)] : lines };
      });
  }, [experiment, series, compared, smoothing, theme]);
  if (experiment === null) return null;
  return (
    <>
      <div className="bar spread">
        <ComparePicker experiment={experiment} runs={compared} />
        <div className="bar">
          {range !== null && (
            <button type="button" onClick={() => setRangeText('')}>
              Steps {range[0]}–{range[1]} ×
            </button>
          )}
          <label className="bar small">
            Smoothing
            <input
              type="range"
              min="0"
              max="0.98"
              step="0.02"
              value={smoothing}
              onChange={(event) => setSmoothing(event.target.value)}
            />
          </label>
          <label className="bar small">
            <input
              type="checkbox"
              checked={scale === 'log'}
              onChange={(event) => setScale(event.target.checked ? 'log' : 'linear')}
            />
            Log scale
          </label>
        </div>
      </div>
      {charts.length === 0 && <EmptyNote>Nothing is measured yet: curves begin with the first evaluation.</EmptyNote>}
      <div className="charts">
        {charts.map(({ group, lines }) => (
          <Chart
            key={group.title}
            title={compared.length === 0 ? group.title : comparedTitle(group)}
            lines={lines}
            isLog={scale === 'log' && !group.isSigned}
            inPercent={group.inPercent ?? false}
            range={range}
            {...(compared.length > 0 && { keys: metricKeys(group) })}
            onRange={(chosen) => setRangeText(chosen === null ? '' : chosen.join('-'))}
          />
        ))}
      </div>
      <p className="small muted">
        Drag across a chart to look at a range of steps in all of them; double-click for all steps.
      </p>
    </>
  );
}

/** A part of the loss with weight 0 is measured, but it is no part: beside the others it only squeezes them. */
function withoutUnused(series: LiveExperiment['series'], experiment: LiveExperiment['experiment']) {
  const weights = { loss_sec: experiment?.config.sec_wei, loss_l2reg: experiment?.config.l2reg_wei };
  const unused = Object.entries(weights).flatMap(([name, weight]) => (Number(weight) > 0 ? [] : [name]));
  return new Map([...series].filter(([name]) => !unused.includes(name)));
}

function readRange(text: string): StepRange | null {
  const match = /^(-?\d+)-(\d+)$/.exec(text);
  return match ? [Number(match[1]), Number(match[2])] : null;
}
