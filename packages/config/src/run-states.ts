/** States of an experiment; docs/run-states.md draws the table. */
export const runStates = ['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled'] as const;
export type RunState = (typeof runStates)[number];

const transitions: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ['running', 'paused', 'cancelled', 'failed'],
  // Back to queued: the attempt was lost, or the worker drained.
  running: ['succeeded', 'failed', 'cancelled', 'paused', 'queued'],
  paused: ['queued', 'cancelled'],
  succeeded: [],
  // Retry.
  failed: ['queued'],
  cancelled: ['queued'],
};

/** Whether an experiment may go from one state to another. */
export function canTransition(from: RunState, to: RunState): boolean {
  return transitions[from].includes(to);
}

/** Whether nothing more happens by itself. */
export function isSettled(state: RunState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}
