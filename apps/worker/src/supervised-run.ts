import type { RunFacts } from '@spherelab/config';
import type { RunStart, StopReason, TrainingEvent, TrainOptions } from '@spherelab/training';
import type { RunReport, TrainerOrder } from './trainer-messages.ts';

/** One run in the trainer process, as its supervisor follows it. */
export type SupervisedRun = {
  /** What training is given to report by and to be told by. */
  readonly ties: Pick<TrainOptions, 'chooseStart' | 'emit' | 'stop' | 'checkpointUnderWay'>;
  /** Takes an order of the supervisor that is of this run. */
  take(order: Exclude<TrainerOrder, { type: 'start' }>): void;
  /** Waits until all that was reported is written and stored. */
  allWritten(): Promise<void>;
};

/**
 * Events that may be under way before training waits. A run sends one of metrics and one of progress each 0.3 s, so training goes on
 * for two and a half minutes without a database, and what waits in the supervisor's memory is at most what was measured in that
 * time: some 10^5 points, 20 MB. A supervisor that is killed loses it; the next attempt measures it again.
 */
const eventsInFlight = 1_024;

/** A run that has just been ordered: nothing is asked of it, reported or written yet. */
export function supervisedRun(send: (report: RunReport) => Promise<void>): SupervisedRun {
  let stopReason: StopReason | null = null;
  let begin: (start: RunStart) => void = () => undefined;
  let sent = 0;
  let written = 0;
  /** numbers of the checkpoint sent last, and of the one stored last */
  let checkpointSent = 0;
  let checkpointStored = 0;
  const sleepers = new Set<() => void>();
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise<void>((resolve) => sleepers.add(resolve));
  };
  const wake = () => {
    for (const resume of sleepers) resume();
    sleepers.clear();
  };
  const emit = async (event: TrainingEvent): Promise<void> => {
    // Training goes on while a checkpoint is stored; the next one waits for it, so two files lie on the disk at most.
    if (event.type === 'checkpoint') await until(() => checkpointStored >= checkpointSent);
    sent += 1;
    const number = sent;
    if (event.type === 'checkpoint') checkpointSent = number;
    await send({ type: 'event', number, event });
    await until(() => written >= number - eventsInFlight);
  };
  const chooseStart = async (facts: RunFacts): Promise<RunStart> => {
    const told = new Promise<RunStart>((resolve) => {
      begin = resolve;
    });
    await send({ type: 'facts', facts });
    return told;
  };
  const checkpointUnderWay = () => checkpointStored < checkpointSent;
  return {
    ties: { chooseStart, emit, stop: () => stopReason, checkpointUnderWay },
    take: (order) => {
      if (order.type === 'begin') begin(order.start);
      else if (order.type === 'stop') stopReason = order.reason;
      else {
        if (order.type === 'written') written = order.upTo;
        else checkpointStored = order.number;
        wake();
      }
    },
    allWritten: () => until(() => written >= sent && checkpointStored >= checkpointSent),
  };
}
