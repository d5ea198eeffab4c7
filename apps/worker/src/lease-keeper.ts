import {
  type Database,
  type Fence,
  readStopRequest,
  renewLease,
  StaleAttemptError,
  type StopRequest,
} from '@spherelab/db';
import type { WorkerNumbers } from './worker-numbers.ts';

export type LeaseKeeper = {
  /** whether the experiment is still ours as far as we know */
  readonly held: boolean;
  stop(): void;
};

/**
 * Renews the lease of a running attempt and looks for requests to stop it.
 * The lease counts as lost when Postgres says so, or when no renewal that *began* later than `ownDeadlineMs` ago came through:
 * that is earlier than Postgres gives the experiment to anyone else, so there is time to kill the child.
 */
export function keepLease(
  database: Database,
  fence: Fence,
  numbers: WorkerNumbers,
  on: { readonly lost: (reason: string) => void; readonly stopRequested: (request: StopRequest) => void },
): LeaseKeeper {
  let renewedAt = performance.now(); // monotonic; the claim has just been made
  let held = true;
  let renewing = false;
  let polling = false;
  const lose = (reason: string) => {
    if (!held) return;
    stop();
    on.lost(reason);
  };
  const judge = (error: unknown) => {
    // Anything else is a database out of reach: the deadline judges that.
    if (error instanceof StaleAttemptError) lose('the experiment is not ours any more');
  };
  const renew = async () => {
    if (renewing) return;
    renewing = true;
    const began = performance.now();
    await renewLease(database.pool, fence, numbers.leaseMs).then(() => {
      renewedAt = began;
    }, judge);
    renewing = false;
  };
  const poll = async () => {
    if (performance.now() - renewedAt > numbers.ownDeadlineMs) lose('the lease could not be renewed in time');
    if (polling || !held) return;
    polling = true;
    await readStopRequest(database.pool, fence).then((request) => {
      if (request !== null && held) on.stopRequested(request);
    }, judge);
    polling = false;
  };
  const timers = [
    setInterval(() => void renew(), numbers.renewEveryMs),
    setInterval(() => void poll(), numbers.stopPollMs),
  ];
  const stop = () => {
    held = false;
    timers.forEach(clearInterval);
  };
  return {
    get held() {
      return held;
    },
    stop,
  };
}
