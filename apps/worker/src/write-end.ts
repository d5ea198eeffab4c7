import {
  type Fence,
  giveUpAttempt,
  releaseWaiting,
  StaleAttemptError,
  settleAttempt,
  writeLogLine,
} from '@spherelab/db';
import type { StopReason } from '@spherelab/training';
import { attemptOutcome } from './attempt-outcome.ts';
import { retryWhileAway } from './retry-while-away.ts';
import type { TrainerEnd } from './trainer-run.ts';
import type { WorkerContext } from './worker-context.ts';

/** Why a child was asked to stop; `because`: in the words of the watch over its memory, whose wish a drain was then. */
export type StopAsked = { readonly reason: StopReason; readonly because?: string };

/** Writes how an attempt ended; repeated while the database is away and the attempt is ours. @throws when it cannot be written */
export async function writeEnd(
  context: WorkerContext,
  fence: Fence,
  end: TrainerEnd,
  asked: StopAsked | null,
  held: () => boolean,
): Promise<void> {
  const { database, retryPolicy, numbers, memoryLimitMb } = context;
  const { pool } = database;
  const outcome = attemptOutcome(end, asked, memoryLimitMb);
  const write = (): Promise<void> =>
    'settlement' in outcome
      ? settleAttempt(pool, fence, outcome.settlement)
      : giveUpAttempt(pool, fence, outcome.giveUp, retryPolicy);
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
  // Before this device asks for its next run; the reconciler does it where this fails.
  await releaseWaiting(pool, fence.experimentId).catch(() => undefined);
}
