import { type ChildProcess, fork } from 'node:child_process';
import type { RunFacts } from '@spherelab/config';
import type { StopReason } from '@spherelab/training';
import type { TrainerFailure, TrainerOrder, TrainerReport } from './trainer-messages.ts';

/** How a trainer process ended. */
export type TrainerEnd =
  | { readonly type: 'finished'; readonly result: object }
  | { readonly type: 'stopped'; readonly reason: StopReason }
  | { readonly type: 'failed'; readonly error: TrainerFailure }
  /** it ended without a word, was killed here for the reason given, or could not be started, supplied or written down */
  | { readonly type: 'broke'; readonly reason: string; readonly cause?: BreakCause };

/** What ended a process that broke, where it was not this supervisor's own trouble. */
export type BreakCause =
  | { readonly by: 'exit' }
  /** `heldMb`: memory that it held when it was looked at last; null: never */
  | { readonly by: 'signal'; readonly signal: string; readonly heldMb: number | null }
  /** the watch over its progress */
  | { readonly by: 'hang' };

export type TrainerChild = {
  readonly pid: number | undefined;
  /** settles when the process is gone and all that it reported is handled; never rejects */
  readonly ended: Promise<TrainerEnd>;
  order(order: TrainerOrder): void;
  /** Kills the process; `ended` then gives this reason. `hang`: for it makes no progress, which is its own fault. */
  kill(reason: string, by?: 'hang'): void;
  /** Notes how much memory it holds: should the kernel kill it, that tells why. */
  noteMemory(megabytes: number): void;
};

export type TrainerChildOptions = {
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onFacts: (facts: RunFacts) => void;
  readonly onEvent: (report: Extract<TrainerReport, { type: 'event' }>) => void;
  /** after the start order was sent */
  readonly onReady: () => void;
  readonly start: Extract<TrainerOrder, { type: 'start' }>;
};

/** Characters of the process's own output that are kept to explain a crash. */
const tailLength = 2_000;

/** Forks a trainer process and starts it. */
export function forkTrainer(options: TrainerChildOptions): TrainerChild {
  const child = fork(options.script, [], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  let killed: { readonly reason: string; readonly cause?: BreakCause } | null = null;
  let heldMb: number | null = null;
  let lastWord: TrainerEnd | null = null;
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      tail = (tail + data.toString()).slice(-tailLength);
    });
  }
  child.on('message', (report: TrainerReport) => {
    if (report.type === 'ready') {
      sendTo(child, options.start);
      options.onReady();
    } else if (report.type === 'facts') options.onFacts(report.facts);
    else if (report.type === 'event') options.onEvent(report);
    else lastWord = report;
  });
  const ended = new Promise<TrainerEnd>((resolve) => {
    child.once('error', (error) => resolve({ type: 'broke', reason: `the trainer did not start: ${error.message}` }));
    child.once('close', (code, signal) => {
      const how = signal ? `was killed by ${signal}` : `exited with code ${code}`;
      const said = tail.trim() === '' ? '' : `; it last said: ${tail.trim()}`;
      const cause: BreakCause = signal ? { by: 'signal', signal, heldMb } : { by: 'exit' };
      if (killed !== null) resolve({ type: 'broke', ...killed });
      else resolve(lastWord ?? { type: 'broke', reason: `the trainer process ${how}${said}`, cause });
    });
  });
  return {
    pid: child.pid,
    ended,
    order: (order) => sendTo(child, order),
    kill: (reason, by) => {
      killed ??= by === undefined ? { reason } : { reason, cause: { by } };
      child.kill('SIGKILL');
    },
    noteMemory: (megabytes) => {
      heldMb = megabytes;
    },
  };
}

function sendTo(child: ChildProcess, order: TrainerOrder): void {
  // The channel is closed once the process is gone; `ended` tells that.
  if (child.connected) child.send(order, () => undefined);
}
