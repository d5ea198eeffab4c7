import type { Experiment } from '../api/types.ts';

/** The state in a word; colour says the same and is not needed to understand it. */
export function StatusBadge({
  experiment,
}: {
  readonly experiment: Pick<Experiment, 'status' | 'stop_requested' | 'status_reason'>;
}) {
  const { status, stop_requested: stop, status_reason: reason } = experiment;
  const waiting = status === 'running' && stop !== null;
  const text = waiting ? (stop === 'pause' ? 'pausing' : 'cancelling') : status;
  return (
    <span className={`badge ${status}`} title={reason ?? undefined}>
      {text}
    </span>
  );
}
