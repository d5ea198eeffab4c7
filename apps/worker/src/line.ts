import { nextExperiment } from '@spherelab/db';
import { type Device, isGpu } from './device.ts';
import { type RunningAttempt, runExperiment } from './run-experiment.ts';
import type { WorkerContext } from './worker-context.ts';

/** times in a row that others were faster, after which a device rests; the next job wakes it. */
const mostMisses = 50;

/** What waits for the devices of this worker, in the order in which Postgres gives it out. */
export type Line = {
  /** Runs one experiment after the other on a device until nothing waits. @throws when the database is out of reach */
  work(device: Device): Promise<void>;
};

export type LineEvents = {
  began(id: string, device: Device, attempt: RunningAttempt): void;
  ended(id: string, device: Device): void;
  isClosing(): boolean;
};

export function lineOf(context: WorkerContext, events: LineEvents): Line {
  return {
    work: async (device) => {
      for (let misses = 0; misses < mostMisses && !events.isClosing(); misses += 1) {
        const id = await nextExperiment(context.database.pool, isGpu(device) ? ['any', 'cpu', 'gpu'] : ['any', 'cpu']);
        if (id === null) return;
        const attempt = await runExperiment(context, id, device);
        if (attempt === null) continue;
        misses = -1;
        events.began(id, device, attempt);
        await attempt.done;
        events.ended(id, device);
      }
    },
  };
}
