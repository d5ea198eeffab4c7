import type { Database, RetryPolicy } from '@spherelab/db';
import type { ProcessIdentity } from '@spherelab/host';
import type { ThreadCounts } from './device.ts';
import type { WarmTrainers } from './warm-trainers.ts';
import type { WorkerNumbers } from './worker-numbers.ts';

/** What a worker brings along for every experiment. */
export type WorkerContext = {
  readonly database: Database;
  readonly workerName: string;
  readonly identity: ProcessIdentity;
  readonly numbers: WorkerNumbers;
  readonly retryPolicy: RetryPolicy;
  readonly threads: ThreadCounts;
  /** MB of one trainer above which it is replaced by a fresh one at a checkpoint */
  readonly memoryLimitMb: number;
  readonly trainers: WarmTrainers;
  readonly dataRoot: string;
  readonly cacheFolder: string;
  /** Bound of the picture cache; undefined: the data sets' own. */
  readonly cacheBytes: number | undefined;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, details?: object) => void;
};
