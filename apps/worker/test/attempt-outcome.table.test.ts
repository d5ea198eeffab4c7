import { expect, test } from 'vitest';
import { attemptOutcome } from '../src/attempt-outcome.ts';
import type { BreakCause, TrainerEnd } from '../src/trainer-run.ts';

const limitMb = 1_000;
const broke = (cause?: BreakCause): TrainerEnd => ({
  type: 'broke',
  reason: 'why',
  ...(cause === undefined ? {} : { cause }),
});
const bySignal = (signal: string, heldMb: number | null = 400) => broke({ by: 'signal', signal, heldMb });
const failed = (code: string, retryable = true): TrainerEnd => ({
  type: 'failed',
  error: { code, message: 'why', retryable, stack: '' },
});
const because = 'its trainer held 1100 MB';

/** The rows of docs/run-states.md, "Whose fault was it?". */
test.each([
  ['exit by any code without a word', broke({ by: 'exit' }), 'crashed'],
  ['SIGSEGV', bySignal('SIGSEGV'), 'crashed'],
  ['SIGABRT', bySignal('SIGABRT'), 'crashed'],
  ['SIGBUS', bySignal('SIGBUS'), 'crashed'],
  ['SIGILL', bySignal('SIGILL'), 'crashed'],
  ['SIGFPE', bySignal('SIGFPE'), 'crashed'],
  ['SIGTRAP', bySignal('SIGTRAP'), 'crashed'],
  ['SIGSYS', bySignal('SIGSYS'), 'crashed'],
  ['SIGKILL below the memory limit', bySignal('SIGKILL'), 'interrupted'],
  ['SIGKILL at the memory limit', bySignal('SIGKILL', limitMb), 'interrupted'],
  ['SIGKILL above the memory limit', bySignal('SIGKILL', 1_001), 'crashed'],
  ['SIGKILL before memory was looked at', bySignal('SIGKILL', null), 'interrupted'],
  ['SIGTERM above the memory limit', bySignal('SIGTERM', 1_001), 'interrupted'],
  ['SIGTERM', bySignal('SIGTERM'), 'interrupted'],
  ['SIGINT', bySignal('SIGINT'), 'interrupted'],
  ['SIGHUP', bySignal('SIGHUP'), 'interrupted'],
  ['a signal that nobody foresaw', bySignal('SIGUSR2'), 'interrupted'],
  ['a hang', broke({ by: 'hang' }), 'crashed'],
  ['a trouble of the supervisor', broke(), 'interrupted'],
  ['an error to be tried again', failed('unexpected'), 'crashed'],
  ['a full disk', failed('ENOSPC'), 'interrupted'],
  ['a GPU that TensorFlow cannot use', failed('gpu_unusable'), 'interrupted'],
  ['a full quota', failed('EDQUOT'), 'interrupted'],
])('%s ends an attempt as its fault says', (_, end, outcome) => {
  expect(attemptOutcome(end, null, limitMb)).toMatchObject({ giveUp: { outcome } });
});

test('nothing counts while its worker leaves: whose fault it was cannot be told then', () => {
  const drain = { reason: 'drain' } as const;
  for (const end of [
    bySignal('SIGKILL'),
    bySignal('SIGBUS'),
    broke(),
    failed('unexpected'),
    { type: 'stopped', reason: 'drain' } as const,
  ]) {
    const { giveUp } = attemptOutcome(end, drain, limitMb) as { giveUp: object };
    expect(giveUp).toMatchObject({
      outcome: 'released',
      reason: expect.stringMatching(/^its worker was asked to stop/),
    });
    expect(giveUp).not.toHaveProperty('withoutCheckpoint');
  }
});

test('a trainer that is replaced for its memory is released, and crashed without a new checkpoint', () => {
  for (const end of [{ type: 'stopped', reason: 'drain' } as const, broke()]) {
    expect(attemptOutcome(end, { reason: 'drain', because }, limitMb)).toMatchObject({
      giveUp: { outcome: 'released', withoutCheckpoint: 'crashed', reason: expect.stringMatching(because) },
    });
  }
});

test('a request to cancel or to pause is honoured however the process ended, and says how', () => {
  expect(attemptOutcome(bySignal('SIGSEGV'), { reason: 'cancel' }, limitMb)).toEqual({
    settlement: { status: 'cancelled', reason: 'cancelled by request; why' },
  });
  expect(attemptOutcome({ type: 'stopped', reason: 'pause' }, { reason: 'pause' }, limitMb)).toEqual({
    settlement: { status: 'paused', reason: 'paused by request' },
  });
});

test('an end of its own is written as it is', () => {
  expect(attemptOutcome({ type: 'finished', result: { updates: 1 } }, { reason: 'drain' }, limitMb)).toEqual({
    settlement: { status: 'succeeded', result: { updates: 1 } },
  });
  expect(attemptOutcome(failed('bad_image', false), null, limitMb)).toMatchObject({
    settlement: { status: 'failed', error: { code: 'bad_image', retryable: false } },
  });
});

test('a process that was killed for its memory is said to have held it', () => {
  const { giveUp } = attemptOutcome(bySignal('SIGKILL', 1_234.5), null, limitMb) as { giveUp: { reason: string } };
  expect(giveUp.reason).toBe('why; it held 1235 MB of memory, more than 1000: the kernel ends such a process');
});
