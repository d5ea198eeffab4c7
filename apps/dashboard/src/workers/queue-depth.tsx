import { get } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';

const refreshMs = 2_000;

/** What waits: experiments by state, and the queue store's own count of jobs. */
export function QueueDepth() {
  const facets = useResource('facets', (signal) => get('/experiments/facets', { signal }), refreshMs);
  const queue = useResource('queue', (signal) => get('/queue', { signal }), refreshMs);
  const jobs = queue.data?.jobs;
  const waiting = Object.values(jobs ?? {}).reduce(
    (sum, states) => sum + (states.waiting ?? 0) + (states.prioritized ?? 0),
    0,
  );
  const active = Object.values(jobs ?? {}).reduce((sum, states) => sum + (states.active ?? 0), 0);
  const facts: readonly (readonly [string, string | number])[] = [
    ['experiments queued', facets.data?.statuses.queued ?? 0],
    ['running', facets.data?.statuses.running ?? 0],
    ['paused', facets.data?.statuses.paused ?? 0],
    ['jobs waiting', jobs === null ? 'no answer' : waiting],
    ['jobs active', jobs === null ? 'no answer' : active],
    ['outbox', queue.data?.outbox ?? 0],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
