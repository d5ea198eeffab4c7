import type { Experiment } from '../api/types.ts';
import { remainingSeconds } from '../words/remaining-seconds.ts';
import { durationText } from '../words/time-text.ts';

/** How far an experiment is, and when it will be done. */
export function ProgressBar({ experiment }: { readonly experiment: Experiment }) {
  const { steps_done: done, total_updates: total, status } = experiment;
  if (status === 'queued' && done === 0) return <span className="muted small">waits for a worker</span>;
  if (status !== 'running' && status !== 'paused' && status !== 'queued') {
    return (
      <span className="muted small">{done === total ? `${done} updates` : `${done} of ${total ?? '?'} updates`}</span>
    );
  }
  const share = total === null || total === 0 ? 0 : done / total;
  const remaining = remainingSeconds(experiment);
  const text = remaining === null ? `${done}/${total ?? '?'}` : `${durationText(remaining)} left`;
  return (
    <span className="progress" title={`${done} of ${total ?? 'unknown'} updates`}>
      <span className="progress-track" role="progressbar" aria-label="progress" aria-valuenow={Math.round(share * 100)}>
        <span
          className={`progress-fill${status === 'running' ? '' : ' settled'}`}
          style={{ display: 'block', width: `${share * 100}%` }}
        />
      </span>
      <span className="small muted">{text}</span>
    </span>
  );
}
