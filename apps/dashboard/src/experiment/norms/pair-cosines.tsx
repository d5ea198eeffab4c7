import { useMemo, useState } from 'react';
import { get } from '../../api/client.ts';
import type { Experiment } from '../../api/types.ts';
import { useResource } from '../../api/use-resource.ts';
import { useTheme } from '../../theme/use-theme.ts';
import { Chart, type ChartLine, type StepRange } from '../curves/chart.tsx';
import { seriesColour } from '../curves/series-colours.ts';
import { smoothed } from '../curves/smoothed.ts';
import { seriesByName } from '../curves/use-compared-runs.ts';

const metrics = ['avg_ap', 'avg_an', 'norm_cv'] as const;
/** Single batches jump; what SEC does is in their mean. */
const smoothing = 0.8;

/** How far positive and negative pairs come apart, and how narrow the norms are, plain against SEC. */
export function PairCosines({
  experiments,
  isLive,
}: {
  readonly experiments: readonly Experiment[];
  readonly isLive: boolean;
}) {
  const theme = useTheme();
  const [range, setRange] = useState<StepRange | null>(null);
  const key = experiments.map(({ id }) => id).join(',');
  const { data } = useResource(
    `cosines ${key}`,
    (signal) =>
      Promise.all(
        experiments.map(({ id }) =>
          get('/experiments/{id}/metrics', {
            path: { id },
            query: { name: metrics.join(','), max_points: 1_500 },
            signal,
          }),
        ),
      ),
    isLive ? 2_000 : undefined,
  );
  const [cosines, spread] = useMemo(() => {
    const lines = (data ?? []).flatMap((answer, at) => {
      const experiment = experiments[at];
      if (experiment === undefined) return [];
      const hasSec = Number(experiment.config.sec_wei) > 0;
      const series = seriesByName(answer);
      const line = (metric: (typeof metrics)[number], text: string, dash: readonly number[]) => ({
        metric,
        name: `${hasSec ? 'SEC' : 'plain'}${text}`,
        colour: seriesColour(theme, hasSec ? 0 : 1),
        dash,
        points: metric === 'norm_cv' ? (series.get(metric) ?? []) : smoothed(series.get(metric) ?? [], smoothing),
      });
      return [
        line('avg_ap', ' · positive pairs', []),
        line('avg_an', ' · negative pairs', [6, 4]),
        line('norm_cv', '', []),
      ];
    });
    const pick = (isSpread: boolean): readonly ChartLine[] =>
      lines.filter(({ metric }) => (metric === 'norm_cv') === isSpread);
    return [pick(false), pick(true)];
  }, [data, experiments, theme]);
  if (data === null) return null;
  return (
    <div className="grid-2">
      <Chart
        title="Mean cosine of pairs in the batch (smoothed)"
        lines={cosines ?? []}
        range={range}
        onRange={setRange}
      />
      <Chart title="Spread of test norms: sd / mean" lines={spread ?? []} range={range} onRange={setRange} />
    </div>
  );
}
