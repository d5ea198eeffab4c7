import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  claimExperiment,
  type Database,
  type Experiment,
  type Fence,
  giveUpAttempt,
  type RetryPolicy,
  StaleAttemptError,
  type StopRequest,
  settleAttempt,
  writeLogLine,
} from '@spherelab/db';
import type { StopReason } from '@spherelab/training';
import { type Device, deviceEnvironment, type ThreadCounts } from './device.ts';
import { eventWriter } from './event-writer.ts';
import { fetchResumeCheckpoint } from './fetch-resume-checkpoint.ts';
import { keepLease } from './lease-keeper.ts';
import { retryWhileAway } from './retry-while-away.ts';
import { forkTrainer, type TrainerChild, type TrainerEnd } from './trainer-child.ts';
import type { WorkerNumbers } from './worker-numbers.ts';

/** What a worker brings along for every experiment. */
export type WorkerContext = {
  readonly database: Database;
  readonly workerName: string;
  readonly numbers: WorkerNumbers;
  readonly retryPolicy: RetryPolicy;
  readonly threads: ThreadCounts;
  readonly trainerScript: string;
  readonly dataRoot: string;
  readonly cacheFolder: string;
  readonly cacheBytes: number | undefined;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, details?: object) => void;
};

/** Prefix of work folders; the worker's pid follows, so that those of dead workers can be told. */
export const workFolderPrefix = 'spherelab-work-';

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
  const experiment = await claimExperiment(database.pool, id, { worker: workerName, device, leaseMs: numbers.leaseMs });
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
  let child: TrainerChild | null = null;
  let asked: StopReason | null = null;
  let broken: string | null = null;

  // Orders may come before there is a child: they are kept and given to it.
  const kill = (reason: string) => {
    broken ??= reason;
    child?.kill(reason);
  };
  const askToStop = (reason: StopReason) => {
    if (asked === reason || asked === 'cancel') return;
    asked = reason;
    child?.order({ type: 'stop', reason });
    const grace = reason === 'cancel' ? numbers.cancelGraceMs : numbers.stopGraceMs;
    setTimeout(() => kill(`the trainer did not stop within ${grace} ms of being asked to (${reason})`), grace).unref();
  };
  const lease = keepLease(database, fence, numbers, {
    lost: kill,
    stopRequested: (request: StopRequest) => askToStop(request),
  });
  onDrain(() => askToStop('drain'));

  const workFolder = await mkdtemp(join(tmpdir(), `${workFolderPrefix}${process.pid}-`));
  const runChild = async (): Promise<TrainerEnd> => {
    const writer = eventWriter({
      database,
      fence,
      numbers,
      held: () => lease.held,
      onWritten: (upTo) => child?.order({ type: 'written', upTo }),
      onError: (error) => kill(`its events could not be written: ${messageOf(error)}`),
    });
    const resumeFrom = await fetchResumeCheckpoint(database, experiment.id, workFolder, (message) =>
      writeLogLine(database.pool, fence, 'warn', message),
    );
    const threads = storedThreads(experiment) ?? context.threads;
    let heardAt = performance.now();
    child = forkTrainer({
      script: context.trainerScript,
      env: deviceEnvironment(device, experiment.config.device, threads),
      start: {
        type: 'start',
        config: experiment.config,
        dataRoot: context.dataRoot,
        cacheFolder: context.cacheFolder,
        cacheBytes: context.cacheBytes,
        workFolder,
        resumeFrom,
        hostEnvironment: { ...threads, device: experiment.config.device === 'cpu' ? 'cpu' : device },
      },
      onReady: () => {
        if (asked !== null) child?.order({ type: 'stop', reason: asked });
      },
      onEvent: (report) => {
        heardAt = performance.now();
        writer.push(report);
      },
    });
    if (broken !== null) child.kill(broken);
    const watch = setInterval(() => {
      if (performance.now() - heardAt > numbers.stallTimeoutMs) kill(`no progress for ${numbers.stallTimeoutMs} ms`);
    }, numbers.stallTimeoutMs / 4);
    const end = await child.ended.finally(() => clearInterval(watch));
    await writer.drain();
    return end;
  };
  try {
    // What fails here is not the training's fault, e.g. a full disk: another attempt, maybe elsewhere, may have more luck.
    const end = await runChild().catch((error: unknown): TrainerEnd => ({ type: 'broke', reason: messageOf(error) }));
    await writeEnd(context, fence, end, asked, () => lease.held);
  } finally {
    lease.stop();
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function writeEnd(
  context: WorkerContext,
  fence: Fence,
  end: TrainerEnd,
  asked: StopReason | null,
  held: () => boolean,
): Promise<void> {
  const { database, retryPolicy, numbers } = context;
  const { pool } = database;
  const write = async (): Promise<void> => {
    const giveUp = (outcome: 'crashed' | 'released', reason: string) =>
      giveUpAttempt(pool, fence, { outcome, reason }, retryPolicy);
    if (end.type === 'finished') return settleAttempt(pool, fence, { status: 'succeeded', result: end.result });
    if (end.type === 'failed' && !end.error.retryable) {
      const { code, message } = end.error;
      return settleAttempt(pool, fence, { status: 'failed', error: { code, message, retryable: false } });
    }
    const stopped = end.type === 'stopped' ? end.reason : asked;
    const late = end.type === 'stopped' ? '' : `; ${end.type === 'failed' ? end.error.message : end.reason}`;
    if (stopped === 'cancel') {
      return settleAttempt(pool, fence, { status: 'cancelled', reason: `cancelled by request${late}` });
    }
    if (stopped === 'pause') {
      return settleAttempt(pool, fence, { status: 'paused', reason: `paused by request${late}` });
    }
    if (stopped === 'drain') return giveUp('released', `its worker was asked to stop${late}`);
    return giveUp('crashed', end.type === 'failed' ? end.error.message : end.type === 'broke' ? end.reason : 'stopped');
  };
  if (end.type === 'failed') {
    await writeLogLine(pool, fence, 'error', end.error.stack).catch(() => undefined);
  }
  try {
    await retryWhileAway(write, numbers.databaseRetryMs, () => !held());
  } catch (error) {
    // Fenced: someone else decides now. That is what the fence is for.
    if (!(error instanceof StaleAttemptError)) throw error;
    context.log('warn', 'an attempt ended after it was lost', { ...fence });
  }
}

/** Threads of the attempts before this one. */
function storedThreads(experiment: Experiment): ThreadCounts | null {
  const { intra_op_threads, inter_op_threads } = experiment.environment ?? {};
  if (typeof intra_op_threads !== 'number' || typeof inter_op_threads !== 'number') return null;
  return { intra_op_threads, inter_op_threads };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
