import { get } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { ProgressBar } from '../parts/progress-bar.tsx';
import { experimentLine } from '../words/experiment-title.ts';
import { metricText } from '../words/metric-text.ts';

const refreshMs = 2_000;

/** A run of a worker: how far it is and how fast. */
export function WorkerRun({ id }: { readonly id: string }) {
  const { data } = useResource(
    `run ${id}`,
    async (signal) => {
      const [experiment, { series }] = await Promise.all([
        get('/experiments/{id}', { path: { id }, signal }),
        get('/experiments/{id}/metrics', { path: { id }, query: { name: 'images_per_s', max_points: 2 }, signal }),
      ]);
      return { experiment, speed: series[0]?.points.at(-1)?.[1] };
    },
    refreshMs,
  );
  if (data === null) return <span className="mono">{id.slice(0, 8)}</span>;
  return (
    <div className="bar">
      <Link href={addresses.experiment(id)}>{experimentLine(data.experiment)}</Link>
      <span style={{ minWidth: 150 }}>
        <ProgressBar experiment={data.experiment} />
      </span>
      <span className="small muted nowrap">
        {data.speed == null ? data.experiment.status_reason : `${metricText('images_per_s', data.speed)} images/s`}
      </span>
    </div>
  );
}
