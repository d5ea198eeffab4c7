import type { GiveUp, Settlement } from '@spherelab/db';
import type { TrainerEnd } from './trainer-run.ts';
import type { StopAsked } from './write-end.ts';

/** How an attempt is written down: by an end of its own, or as one that ended without. */
export type AttemptOutcome = { readonly settlement: Settlement } | { readonly giveUp: GiveUp };

/** Signals that a process gets for what it did itself. V8 ends a broken heap by SIGTRAP or SIGILL. Any other came from outside. */
const ownSignals: ReadonlySet<string> = new Set([
  'SIGSEGV',
  'SIGABRT',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGTRAP',
  'SIGSYS',
]);

/** Errors that a trainer reports and that are its host's: a full disk, a full quota, a GPU without its libraries. */
const hostErrors: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'gpu_unusable']);

/**
 * Whose fault it was: the table of docs/run-states.md. Only what the run itself did is `crashed`, which counts towards giving up.
 * @param memoryLimitMb above which a process that the kernel killed had grown too large
 */
export function attemptOutcome(end: TrainerEnd, asked: StopAsked | null, memoryLimitMb: number): AttemptOutcome {
  if (end.type === 'finished') return { settlement: { status: 'succeeded', result: end.result } };
  if (end.type === 'failed' && !end.error.retryable) {
    const { code, message } = end.error;
    return { settlement: { status: 'failed', error: { code, message, retryable: false } } };
  }
  const stopped = end.type === 'stopped' ? end.reason : asked?.reason;
  const fault = end.type === 'stopped' ? null : faultOf(end, memoryLimitMb);
  const late = fault === null ? '' : `; ${fault.reason}`;
  if (stopped === 'cancel') return { settlement: { status: 'cancelled', reason: `cancelled by request${late}` } };
  if (stopped === 'pause') return { settlement: { status: 'paused', reason: `paused by request${late}` } };
  if (stopped !== 'drain') {
    return { giveUp: { outcome: fault?.isOwn ? 'crashed' : 'interrupted', reason: fault?.reason ?? 'stopped' } };
  }
  // Of a host that shuts down nobody can tell whose fault it was: its signals reach every process, its disks go away.
  if (asked?.because === undefined) {
    return { giveUp: { outcome: 'released', reason: `its worker was asked to stop${late}` } };
  }
  return { giveUp: { outcome: 'released', reason: `${asked.because}${late}`, withoutCheckpoint: 'crashed' } };
}

/** Whether a trainer that ended badly did so by its own fault, and in what words. */
function faultOf(
  end: Extract<TrainerEnd, { type: 'failed' | 'broke' }>,
  memoryLimitMb: number,
): { readonly isOwn: boolean; readonly reason: string } {
  if (end.type === 'failed') return { isOwn: !hostErrors.has(end.error.code), reason: end.error.message };
  const { reason, cause } = end;
  if (cause === undefined) return { isOwn: false, reason };
  if (cause.by !== 'signal') return { isOwn: true, reason };
  const { signal, heldMb } = cause;
  if (signal !== 'SIGKILL' || heldMb === null || heldMb <= memoryLimitMb)
    return { isOwn: ownSignals.has(signal), reason };
  const grown = `it held ${Math.round(heldMb)} MB of memory, more than ${memoryLimitMb}: the kernel ends such a process`;
  return { isOwn: true, reason: `${reason}; ${grown}` };
}
