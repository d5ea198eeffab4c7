import { type ChildProcess, fork } from 'node:child_process';
import type { RunFacts } from '@spherelab/config';
import type { StopReason } from '@spherelab/training';
import type { TrainerFailure, TrainerOrder, TrainerReport } from './trainer-messages.ts';

/** How a trainer process ended. */
export type TrainerEnd =
  | { readonly type: 'finished'; readonly result: object }
  | { readonly type: 'stopped'; readonly reason: StopReason }
  | { readonly type: 'failed'; readonly error: TrainerFailure }
  /** it ended without a word, or was killed here for the reason given */
  | { readonly type: 'broke'; readonly reason: string };

export type TrainerChild = {
  readonly pid: number | undefined;
  /** settles when the process is gone and all that it reported is handled; never rejects */
  readonly ended: Promise<TrainerEnd>;
  order(order: TrainerOrder): void;
  /** Kills the process; `ended` then gives this reason. */
  kill(reason: string): void;
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
  let killReason: string | null = null;
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
      if (killReason !== null) resolve({ type: 'broke', reason: killReason });
      else resolve(lastWord ?? { type: 'broke', reason: `the trainer process ${how}${said}` });
    });
  });
  return {
    pid: child.pid,
    ended,
    order: (order) => sendTo(child, order),
    kill: (reason) => {
      killReason ??= reason;
      child.kill('SIGKILL');
    },
  };
}

function sendTo(child: ChildProcess, order: TrainerOrder): void {
  // The channel is closed once the process is gone; `ended` tells that.
  if (child.connected) child.send(order, () => undefined);
}
