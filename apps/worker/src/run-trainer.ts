import { Worker } from 'node:worker_threads';
import type { StopReason, TrainingEvent, TrainOptions, TrainOutcome } from '@spherelab/training';
import type { TrainerFailure, TrainerOrder, TrainerReport } from './trainer-messages.ts';

type Start = Extract<TrainerOrder, { type: 'start' }>;

/** Trains one experiment; `trainExperiment` of @spherelab/training. */
export type Train = (options: TrainOptions) => Promise<TrainOutcome>;

/** Events that may be under way before training waits: enough to hide a database round trip, few enough to lose nothing much. */
const eventsInFlight = 32;

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
  let sent = 0;
  let written = 0;
  let wake = () => {};
  const writtenAtLeast = async (number: number): Promise<void> => {
    while (written < number) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const emit = async (event: TrainingEvent): Promise<void> => {
    sent += 1;
    await send({ type: 'event', number: sent, event });
    // The receiver takes the checkpoint's file over: it must be done with it before training goes on to the next.
    await writtenAtLeast(event.type === 'checkpoint' ? sent : sent - eventsInFlight);
  };
  const start = async (order: Start): Promise<void> => {
    try {
      const end = await train({ ...order, emit, stop: () => stopReason });
      await writtenAtLeast(sent);
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
    else if (order.type === 'stop') stopReason = order.reason;
    else {
      written = order.upTo;
      wake();
    }
  });
  void send({ type: 'ready' });
}

function dieWithSupervisor(): void {
  process.on('disconnect', () => process.exit(1));
  // Ctrl-C reaches the whole process group; when and how to stop is the supervisor's decision.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  // A step blocks this thread, a thread of its own does not wait for it.
  new Worker(new URL('./orphan-watch.js', import.meta.url), { workerData: { supervisor: process.ppid } }).unref();
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
