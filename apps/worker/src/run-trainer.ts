import type { RunFacts } from '@spherelab/config';
import { readNumerics } from '@spherelab/numerics';
import type { RunStart, StopReason, TrainingEvent, TrainOptions, TrainOutcome } from '@spherelab/training';
import { dieWithSupervisor } from './die-with-supervisor.ts';
import type { TrainerFailure, TrainerOrder, TrainerReport } from './trainer-messages.ts';

type Start = Extract<TrainerOrder, { type: 'start' }>;

/** Trains one experiment; `trainExperiment` of @spherelab/training. */
export type Train = (options: TrainOptions) => Promise<TrainOutcome>;

/**
 * Events that may be under way before training waits. A run sends one of metrics and one of progress each 0.3 s, so training goes on
 * for two and a half minutes without a database, and what waits in the supervisor's memory is at most what was measured in that
 * time: some 10^5 points, 20 MB. A supervisor that is killed loses it; the next attempt measures it again.
 */
const eventsInFlight = 1_024;

/**
 * Runs one experiment in this process on behalf of the supervisor that forked it, and exits.
 * The process ends at once when the supervisor is gone, also in the middle of a step.
 */
export function runTrainer(train: Train): void {
  if (!process.send) throw new Error('the trainer process is started by the worker, with an IPC channel');
  const send = (report: TrainerReport) =>
    new Promise<void>((resolve, reject) => {
      process.send?.(report, (error) => (error ? reject(error) : resolve()));
    });
  dieWithSupervisor();

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
  const start = async (order: Start): Promise<void> => {
    try {
      const checkpointUnderWay = () => checkpointStored < checkpointSent;
      const stop = () => stopReason;
      const end = await train({ ...order, numerics: readNumerics(), chooseStart, emit, stop, checkpointUnderWay });
      await until(() => written >= sent && checkpointStored >= checkpointSent);
      await send(
        end.outcome === 'finished' ? { type: 'finished', result: end.result } : { type: 'stopped', reason: end.reason },
      );
    } catch (error) {
      await send({ type: 'failed', error: describeFailure(error) });
    }
    process.exit(0);
  };
  process.on('message', (order: TrainerOrder) => {
    if (order.type === 'start') void start(order);
    else if (order.type === 'begin') begin(order.start);
    else if (order.type === 'stop') stopReason = order.reason;
    else {
      if (order.type === 'written') written = order.upTo;
      else checkpointStored = order.number;
      wake();
    }
  });
  void send({ type: 'ready' });
}

function describeFailure(error: unknown): TrainerFailure {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const { code, retryable } = error as { code?: unknown; retryable?: unknown };
  const known = typeof code === 'string' && typeof retryable === 'boolean';
  return {
    code: known ? code : 'unexpected',
    message,
    // An error that nobody foresaw is tried again, a few times: it may be the machine's.
    retryable: known ? retryable : true,
    stack: stack ?? message,
  };
}
