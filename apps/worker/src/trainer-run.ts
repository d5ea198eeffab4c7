import type { RunFacts } from '@spherelab/config';
import type { StopReason } from '@spherelab/training';
import type { RunReport, TrainerFailure, TrainerOrder } from './trainer-messages.ts';

/** How a run in a trainer process ended. */
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

/** One run in a trainer process. What is ordered after its end reaches nobody. */
export type TrainerRun = {
  readonly pid: number | undefined;
  /** settles when all that the run reported is handled, and the process waits for the next or is gone; never rejects */
  readonly ended: Promise<TrainerEnd>;
  order(order: TrainerOrder): void;
  /** Kills the process; `ended` then gives this reason. `hang`: for it makes no progress, which is its own fault. */
  kill(reason: string, by?: 'hang'): void;
  /** Notes how much memory the process holds: should the kernel kill it, that tells why. */
  noteMemory(megabytes: number): void;
};

export type TrainerRunOptions = {
  readonly start: Extract<TrainerOrder, { type: 'start' }>;
  readonly onFacts: (facts: RunFacts) => void;
  readonly onEvent: (report: Extract<RunReport, { type: 'event' }>) => void;
  /** after the start order was sent */
  readonly onReady: () => void;
};

/** A run as its process sees it. */
export type OpenRun = {
  readonly handle: TrainerRun;
  /** Whether the trainer said how it ended. */
  readonly isTold: boolean;
  /** The process takes orders. */
  begin(): void;
  hear(report: RunReport): void;
  /** Ends it as the trainer said. */
  end(): void;
  /** Ends it with its process: as the trainer said, where it had, else as broken. `signal`: what ended the process; null: its own exit. */
  endBroken(reason: string, signal: NodeJS.Signals | null): void;
  /** Ends it before its process was there. */
  endUnstarted(reason: string): void;
};

/** The process of a run, as the run uses it. */
export type RunProcess = {
  readonly pid: number | undefined;
  send(order: TrainerOrder): void;
  kill(): void;
};

export function openTrainerRun(process: RunProcess, options: TrainerRunOptions): OpenRun {
  let isOver = false;
  let killed: TrainerEnd | null = null;
  let heldMb: number | null = null;
  let lastWord: TrainerEnd | null = null;
  let resolve: (end: TrainerEnd) => void = () => undefined;
  const ended = new Promise<TrainerEnd>((settle) => {
    resolve = settle;
  });
  const order = (what: TrainerOrder): void => {
    if (!isOver) process.send(what);
  };
  const settle = (end: TrainerEnd): void => {
    isOver = true;
    resolve(killed ?? end);
  };
  return {
    handle: {
      pid: process.pid,
      ended,
      order,
      kill: (reason, by) => {
        if (isOver) return;
        killed ??= { type: 'broke', reason, ...(by === undefined ? {} : { cause: { by } }) };
        process.kill();
      },
      noteMemory: (megabytes) => {
        heldMb = megabytes;
      },
    },
    get isTold() {
      return lastWord !== null;
    },
    begin: () => {
      order(options.start);
      options.onReady();
    },
    hear: (report) => {
      if (report.type === 'facts') options.onFacts(report.facts);
      else if (report.type === 'event') options.onEvent(report);
      else lastWord = report;
    },
    end: () => {
      if (lastWord !== null) settle(lastWord);
    },
    endBroken: (reason, signal) => {
      const cause: BreakCause = signal ? { by: 'signal', signal, heldMb } : { by: 'exit' };
      settle(lastWord ?? { type: 'broke', reason, cause });
    },
    endUnstarted: (reason) => settle({ type: 'broke', reason }),
  };
}
