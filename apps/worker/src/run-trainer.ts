import { readNumerics } from '@spherelab/numerics';
import type { TrainOptions, TrainOutcome } from '@spherelab/training';
import { dieWithSupervisor } from './die-with-supervisor.ts';
import { type SupervisedRun, supervisedRun } from './supervised-run.ts';
import type { OfRun, TrainerFailure, TrainerOrder, TrainerReport } from './trainer-messages.ts';

type Start = OfRun<Extract<TrainerOrder, { type: 'start' }>>;

/** Trains one experiment; `trainExperiment` of @spherelab/training. */
export type Train = (options: TrainOptions) => Promise<TrainOutcome>;

/**
 * Runs experiments in this process on behalf of the supervisor that forked it, one after the other, until it is killed; exits after
 * one that failed. The process ends at once when the supervisor is gone, also in the middle of a step.
 */
export function runTrainer(train: Train): void {
  if (!process.send) throw new Error('the trainer process is started by the worker, with an IPC channel');
  const send = (report: TrainerReport) =>
    new Promise<void>((resolve, reject) => {
      process.send?.(report, (error) => (error ? reject(error) : resolve()));
    });
  dieWithSupervisor();

  let current: { readonly number: number; readonly run: SupervisedRun } | null = null;
  const start = async ({ run: number, type: _, ...order }: Start): Promise<void> => {
    const run = supervisedRun((report) => send({ ...report, run: number }));
    current = { number, run };
    try {
      const end = await train({ ...order, ...run.ties, numerics: readNumerics() });
      await run.allWritten();
      const report =
        end.outcome === 'finished'
          ? ({ type: 'finished', result: end.result } as const)
          : ({ type: 'stopped', reason: end.reason } as const);
      await send({ ...report, run: number });
    } catch (error) {
      await send({ type: 'failed', error: describeFailure(error), run: number });
      process.exit(0);
    }
    current = null;
    await send({ type: 'ready' });
  };
  process.on('message', (order: OfRun<TrainerOrder>) => {
    if (order.type === 'start') void start(order);
    else if (current?.number === order.run) current.run.take(order);
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
