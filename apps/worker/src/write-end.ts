import { type Fence, giveUpAttempt, StaleAttemptError, settleAttempt, writeLogLine } from '@spherelab/db';
import type { StopReason } from '@spherelab/training';
import { retryWhileAway } from './retry-while-away.ts';
import type { TrainerEnd } from './trainer-child.ts';
import type { WorkerContext } from './worker-context.ts';

/** Why a child was asked to stop, and in what words if not the usual ones. */
export type StopAsked = { readonly reason: StopReason; readonly because?: string };

/** Writes how an attempt ended; repeated while the database is away and the attempt is ours. @throws when it cannot be written */
export async function writeEnd(
  context: WorkerContext,
  fence: Fence,
  end: TrainerEnd,
  asked: StopAsked | null,
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
    const stopped = end.type === 'stopped' ? end.reason : asked?.reason;
    const late = end.type === 'stopped' ? '' : `; ${end.type === 'failed' ? end.error.message : end.reason}`;
    if (stopped === 'cancel') {
      return settleAttempt(pool, fence, { status: 'cancelled', reason: `cancelled by request${late}` });
    }
    if (stopped === 'pause') {
      return settleAttempt(pool, fence, { status: 'paused', reason: `paused by request${late}` });
    }
    if (stopped === 'drain') return giveUp('released', `${asked?.because ?? 'its worker was asked to stop'}${late}`);
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
