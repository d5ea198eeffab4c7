import type { TrainerRun } from './trainer-run.ts';
import type { WorkerNumbers } from './worker-numbers.ts';
import type { StopAsked } from './write-end.ts';

/** Orders to the run of an attempt; those that come before there is one are kept for it. */
export type AttemptControl = {
  /** what it was last asked; null: nothing */
  readonly asked: StopAsked | null;
  /** Hands over the run, once. */
  attach(run: TrainerRun): void;
  /** To be called when the trainer takes orders. */
  ready(): void;
  /** Asks it to stop; one that takes longer than its grace is killed. A cancel outweighs what was asked before. */
  askToStop(ask: StopAsked): void;
  kill(reason: string): void;
};

export function attemptControl(numbers: WorkerNumbers): AttemptControl {
  const graces = { cancel: numbers.cancelGraceMs, pause: numbers.pauseGraceMs, drain: numbers.drainGraceMs };
  let run: TrainerRun | null = null;
  let asked: StopAsked | null = null;
  let killed: string | null = null;
  const kill = (reason: string): void => {
    killed ??= reason;
    run?.kill(reason);
  };
  return {
    get asked() {
      return asked;
    },
    attach: (started) => {
      run = started;
      if (killed !== null) run.kill(killed);
    },
    ready: () => {
      if (asked !== null) run?.order({ type: 'stop', reason: asked.reason });
    },
    askToStop: (ask) => {
      const { reason } = ask;
      if (asked?.reason === reason || asked?.reason === 'cancel') return;
      asked = ask;
      run?.order({ type: 'stop', reason });
      const grace = graces[reason];
      const late = `the trainer did not stop within ${grace} ms of being asked to (${reason})`;
      setTimeout(() => kill(late), grace).unref();
    },
    kill,
  };
}
