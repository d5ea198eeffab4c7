import type { StopReason } from './training-events.ts';

/** Thrown where a run was asked to stop before it had begun to train; nothing is to be saved. */
export class StoppedEarly extends Error {
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`stopped before training began: ${reason}`);
    this.name = 'StoppedEarly';
    this.reason = reason;
  }
}
