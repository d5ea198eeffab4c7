import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import {
  type Database,
  type Fence,
  recordProgress,
  recordStart,
  storeCheckpoint,
  writeEvaluationView,
  writeLogLine,
  writeMetrics,
} from '@spherelab/db';
import type { TrainingEvent } from '@spherelab/training';
import { retryWhileAway } from './retry-while-away.ts';
import type { WorkerNumbers } from './worker-numbers.ts';

type Numbered = { readonly number: number; readonly event: TrainingEvent };

/** Writes the events of one attempt in the order of their emission; what waits meanwhile is written together. */
export type EventWriter = {
  push(event: Numbered): void;
  /** Waits until all that was pushed is written. @throws what the first failed write threw */
  drain(): Promise<void>;
};

export type EventWriterOptions = {
  readonly database: Database;
  readonly fence: Fence;
  readonly numbers: WorkerNumbers;
  /** whether the attempt is still ours: writes are not repeated after that */
  readonly held: () => boolean;
  readonly onWritten: (upTo: number) => void;
  readonly onError: (error: unknown) => void;
};

export function eventWriter(options: EventWriterOptions): EventWriter {
  const { database, fence, numbers } = options;
  const waiting: Numbered[] = [];
  let progressWrittenAt = Number.NEGATIVE_INFINITY;
  let pendingProgress: Extract<TrainingEvent, { type: 'progress' }> | null = null;
  let failure: unknown = null;
  let working: Promise<void> | null = null;

  const persist = <T>(statement: () => Promise<T>) =>
    retryWhileAway(statement, numbers.databaseRetryMs, () => !options.held());

  const writeProgress = async (due: boolean): Promise<void> => {
    if (pendingProgress === null || !due) return;
    const progress = pendingProgress;
    pendingProgress = null;
    progressWrittenAt = performance.now();
    await persist(() => recordProgress(database.pool, fence, progress));
  };

  const writeOne = async (event: TrainingEvent): Promise<void> => {
    if (event.type === 'started') {
      const environment = { ...event.environment, data_list_sha256: event.dataListSha256 };
      await persist(() => recordStart(database.pool, fence, { ...event, environment }));
    } else if (event.type === 'evaluation-view') {
      await persist(() => writeEvaluationView(database.pool, fence, event));
    } else if (event.type === 'log') {
      await persist(() => writeLogLine(database.pool, fence, event.level, event.message));
    } else if (event.type === 'checkpoint') {
      await writeProgress(true);
      await persist(() => storeCheckpoint(database.pool, fence, event, createReadStream(event.file)));
      await rm(event.file, { force: true });
    } else if (event.type === 'progress') pendingProgress = event;
  };

  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      let { number } = next;
      if (next.event.type === 'metrics') {
        const points = [...next.event.points];
        for (let more = waiting[0]; more?.event.type === 'metrics'; more = waiting[0]) {
          points.push(...more.event.points);
          number = more.number;
          waiting.shift();
        }
        await persist(() => writeMetrics(database.pool, fence, points));
      } else await writeOne(next.event);
      await writeProgress(performance.now() - progressWrittenAt >= numbers.progressEveryMs);
      options.onWritten(number);
    }
  };

  const begin = () => {
    working ??= work()
      .catch((error: unknown) => {
        failure ??= error;
        options.onError(error);
      })
      .finally(() => {
        working = null;
        if (waiting.length > 0 && failure === null) begin();
      });
  };

  return {
    push: (event) => {
      waiting.push(event);
      if (failure === null) begin();
    },
    drain: async () => {
      while (working !== null) await working;
      if (failure !== null) throw failure;
      await writeProgress(true);
    },
  };
}
