import type { Experiment } from '../api/types.ts';
import { belowBaseline } from '../experiment/baselines.ts';

/** The state in a word; colour says the same and is not needed to understand it. */
export function StatusBadge({
  experiment,
}: {
  readonly experiment: Pick<Experiment, 'status' | 'stop_requested' | 'status_reason' | 'result'>;
}) {
  const { status, stop_requested: stop, status_reason: reason } = experiment;
  const below = status === 'succeeded' ? belowBaseline(experiment.result) : null;
  const waiting = status === 'running' && stop !== null;
  const text = waiting ? (stop === 'pause' ? 'pausing' : 'cancelling') : status;
  return (
    <span className={`badge ${below === null ? status : 'doubtful'}`} title={below ?? reason ?? undefined}>
      {below === null ? text : 'below baseline'}
    </span>
  );
}
