import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import {
  type Database,
  type Fence,
  recordProgress,
  recordStart,
  releaseWaiting,
  storeCheckpoint,
  writeArtifact,
  writeEvaluationView,
  writeLogLine,
  writeMetrics,
} from '@spherelab/db';
import type { TrainingEvent } from '@spherelab/training';
import { retryWhileAway } from './retry-while-away.ts';
import type { WorkerNumbers } from './worker-numbers.ts';

type Numbered = { readonly number: number; readonly event: TrainingEvent };
type CheckpointEvent = Extract<TrainingEvent, { type: 'checkpoint' }>;

/**
 * Writes the events of one attempt in the order of their emission; what waits meanwhile is written together. A checkpoint is
 * begun once all before it is written, so that whoever goes on from it misses no point, and does not hold up what comes after it.
 */
export type EventWriter = {
  push(event: Numbered): void;
  /** whether something waits to be written: the trainer may be waiting for that */
  readonly busy: boolean;
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
  /** the checkpoint of this event is published */
  readonly onStored: (number: number) => void;
  readonly onError: (error: unknown) => void;
};

/** Points in one statement: what waited for a minute without a database is some 10^5 of them. */
const pointsAtOnce = 5_000;

export function eventWriter(options: EventWriterOptions): EventWriter {
  const { database, fence, numbers } = options;
  const waiting: Numbered[] = [];
  let progressWrittenAt = Number.NEGATIVE_INFINITY;
  let pendingProgress: Extract<TrainingEvent, { type: 'progress' }> | null = null;
  let failure: unknown = null;
  let working: Promise<void> | null = null;
  let storing: Promise<void> | null = null;

  const persist = <T>(statement: () => Promise<T>) =>
    retryWhileAway(statement, numbers.databaseRetryMs, () => !options.held());

  const fail = (error: unknown) => {
    failure ??= error;
    options.onError(error);
  };

  const writeProgress = async (due: boolean): Promise<void> => {
    if (pendingProgress === null || !due) return;
    const progress = pendingProgress;
    pendingProgress = null;
    progressWrittenAt = performance.now();
    await persist(() => recordProgress(database.pool, fence, progress));
  };

  const store = async (number: number, event: CheckpointEvent): Promise<void> => {
    await persist(() => storeCheckpoint(database.pool, fence, event, createReadStream(event.file)));
    if (event.kind === 'branch') await persist(() => releaseWaiting(database.pool, fence.experimentId));
    await rm(event.file, { force: true });
    options.onStored(number);
  };

  const writeOne = async (number: number, event: TrainingEvent): Promise<void> => {
    if (event.type === 'started') {
      await persist(() => recordStart(database.pool, fence, event));
    } else if (event.type === 'artifact') {
      await persist(() => writeArtifact(database.pool, fence, event.kind, event.content));
    } else if (event.type === 'evaluation-view') {
      await persist(() => writeEvaluationView(database.pool, fence, event));
    } else if (event.type === 'log') {
      await persist(() => writeLogLine(database.pool, fence, event.level, event.message));
    } else if (event.type === 'checkpoint') {
      await writeProgress(true);
      await storing; // none: the trainer has one under way at most
      storing = store(number, event)
        .catch(fail)
        .finally(() => {
          storing = null;
        });
    } else if (event.type === 'progress') pendingProgress = event;
  };

  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && failure === null; next = waiting.shift()) {
      let { number } = next;
      if (next.event.type === 'metrics') {
        const points = [...next.event.points];
        for (
          let more = waiting[0];
          more?.event.type === 'metrics' || more?.event.type === 'progress';
          more = waiting[0]
        ) {
          if (points.length > pointsAtOnce) break;
          // Only the newest progress is worth writing, and it says how far the points before it are.
          if (more.event.type === 'progress') pendingProgress = more.event;
          else points.push(...more.event.points);
          number = more.number;
          waiting.shift();
        }
        await persist(() => writeMetrics(database.pool, fence, points));
      } else await writeOne(number, next.event);
      await writeProgress(performance.now() - progressWrittenAt >= numbers.progressEveryMs);
      options.onWritten(number);
    }
  };

  const begin = () => {
    working ??= work()
      .catch(fail)
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
    get busy() {
      return working !== null || storing !== null;
    },
    drain: async () => {
      while (working !== null || storing !== null) await (working ?? storing);
      if (failure !== null) throw failure;
      await writeProgress(true);
    },
  };
}
