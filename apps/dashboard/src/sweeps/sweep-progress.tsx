import type { RunStatus, Sweep } from '../api/types.ts';

const order: readonly RunStatus[] = ['succeeded', 'failed', 'cancelled', 'running', 'paused', 'queued'];

/** Counts of a sweep's runs in words, and how much of it has ended as a bar. */
export function SweepProgress({ sweep }: { readonly sweep: Pick<Sweep, 'counts' | 'total'> }) {
  const { counts, total } = sweep;
  const ended = (counts.succeeded ?? 0) + (counts.failed ?? 0) + (counts.cancelled ?? 0);
  const share = total === 0 ? 0 : (100 * ended) / total;
  const words = order.filter((status) => (counts[status] ?? 0) > 0).map((status) => `${counts[status]} ${status}`);
  return (
    <span className="progress">
      <span
        className="progress-track"
        role="progressbar"
        aria-label="runs that ended"
        aria-valuenow={Math.round(share)}
      >
        <span
          className={`progress-fill${ended === total ? ' settled' : ''}`}
          style={{ display: 'block', width: `${share}%` }}
        />
      </span>
      <span className="small muted">{words.join(', ')}</span>
    </span>
  );
}
