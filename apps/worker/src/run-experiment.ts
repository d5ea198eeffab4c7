import { claimExperiment, type Experiment, type Fence, type StopRequest } from '@spherelab/db';
import { type AttemptControl, attemptControl } from './attempt-control.ts';
import { chooseStart } from './choose-start.ts';
import { type Device, deviceEnvironment, type ThreadCounts } from './device.ts';
import { eventWriter } from './event-writer.ts';
import { keepLease, type LeaseKeeper } from './lease-keeper.ts';
import { progressWatch } from './progress-watch.ts';
import { retryWhileAway } from './retry-while-away.ts';
import { storedThreads } from './stored-threads.ts';
import type { TrainerChild } from './trainer-child.ts';
import type { TrainerEnd } from './trainer-run.ts';
import { watchChild } from './watch-child.ts';
import { withWorkFolder } from './work-folder.ts';
import type { WorkerContext } from './worker-context.ts';
import { writeEnd } from './write-end.ts';

/** One attempt under way. */
export type RunningAttempt = {
  /** Asks it to stop with a checkpoint, for the worker's own sake. */
  drain(): void;
  /** settles when its end is written, or was refused; never rejects */
  readonly done: Promise<void>;
};

/**
 * Claims an experiment and runs it to its end on one device.
 * @returns null when the experiment is not to be had: another worker was faster, or it is not queued any more
 * @throws when the database is out of reach
 */
export async function runExperiment(
  context: WorkerContext,
  id: string,
  device: Device,
): Promise<RunningAttempt | null> {
  const { database, workerName, numbers } = context;
  const experiment = await claimExperiment(database.pool, id, {
    worker: workerName,
    device,
    leaseMs: numbers.leaseMs,
    process: context.identity,
  });
  if (!experiment) return null;
  let drain = () => {};
  const done = superviseAttempt(context, experiment, device, (ask) => {
    drain = ask;
  }).catch((error: unknown) => context.log('error', 'an attempt was left to its lease', { id, error: String(error) }));
  return { drain: () => drain(), done };
}

async function superviseAttempt(
  context: WorkerContext,
  experiment: Experiment,
  device: Device,
  onDrain: (ask: () => void) => void,
): Promise<void> {
  const { database, numbers } = context;
  const fence: Fence = { experimentId: experiment.id, attempt: experiment.attempt };
  const control = attemptControl(numbers);
  const lease = keepLease(database, fence, numbers, {
    lost: control.kill,
    stopRequested: (reason: StopRequest) => control.askToStop({ reason }),
  });
  onDrain(() => control.askToStop({ reason: 'drain' }));
  const attempt: Attempt = { context, experiment, fence, device, control, lease };
  try {
    // What fails here is not the training's fault, e.g. a full disk: another attempt, maybe elsewhere, may have more luck.
    const end = await withWorkFolder((workFolder) => runChild(attempt, workFolder)).catch(
      (error: unknown): TrainerEnd => ({ type: 'broke', reason: messageOf(error) }),
    );
    await writeEnd(context, fence, end, control.asked, () => lease.held);
  } finally {
    lease.stop();
  }
}

type Attempt = {
  readonly context: WorkerContext;
  readonly experiment: Experiment;
  readonly fence: Fence;
  readonly device: Device;
  readonly control: AttemptControl;
  readonly lease: LeaseKeeper;
};

/** Runs the trainer of an attempt to its end, and writes all that it reports but that end. */
async function runChild(attempt: Attempt, workFolder: string): Promise<TrainerEnd> {
  const { context, experiment, device } = attempt;
  const threads = storedThreads(experiment) ?? context.threads;
  const trainer = context.trainers.take(device, deviceEnvironment(device, experiment.config.device, threads));
  let end: TrainerEnd | null = null;
  try {
    end = await superviseRun(attempt, trainer.child, threads, workFolder);
    return end;
  } finally {
    await trainer.giveBack(end);
  }
}

async function superviseRun(
  { context, experiment, fence, control, lease }: Attempt,
  child: TrainerChild,
  threads: ThreadCounts,
  workFolder: string,
): Promise<TrainerEnd> {
  const { database, numbers, memoryLimitMb } = context;
  const progress = progressWatch(numbers);
  const writer = eventWriter({
    database,
    fence,
    numbers,
    held: () => lease.held,
    onWritten: (upTo) => run.order({ type: 'written', upTo }),
    onStored: (number) => run.order({ type: 'stored', number }),
    onError: (error) => control.kill(`its events could not be written: ${messageOf(error)}`),
  });
  const run = child.run({
    start: {
      type: 'start',
      config: experiment.config,
      dataRoot: context.dataRoot,
      cacheFolder: context.cacheFolder,
      cacheBytes: context.cacheBytes,
      workFolder,
      branchAt: experiment.branch_at,
      hostEnvironment: threads,
    },
    onReady: () => control.ready(),
    onFacts: (facts) => {
      const choice = { database, fence, experiment, facts, workFolder };
      const choose = () => chooseStart(choice);
      retryWhileAway(choose, numbers.databaseRetryMs, () => !lease.held).then(
        (start) => run.order({ type: 'begin', start }),
        (error: unknown) => control.kill(`where to begin could not be decided: ${messageOf(error)}`),
      );
    },
    onEvent: (report) => {
      progress.heard(report.event);
      writer.push(report);
    },
  });
  control.attach(run);
  const onTooLarge = (because: string) => control.askToStop({ reason: 'drain', because });
  const endWatch = watchChild({ run, writer, progress, numbers, memoryLimitMb, onTooLarge });
  const end = await run.ended.finally(endWatch);
  await writer.drain();
  return end;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
