export type LrSchedule = {
  /** Learning rate of step 0. */
  readonly lr: number;
  /** Factor at each milestone. */
  readonly gamma: number;
  readonly milestones: readonly number[];
};

/**
 * The learning rate of the update with index `step`: multiplied by gamma at each milestone that is not later, in float64
 * as the reference does it (learner.py:450-452). A milestone listed twice applies twice.
 */
export function lrAt(step: number, { lr, gamma, milestones }: LrSchedule): number {
  return milestones.filter((milestone) => milestone <= step).reduce((rate) => rate * gamma, lr);
}

/**
 * How many updates a run makes. The reference counts steps from 0 and goes on while step <= steps, but looks at the end
 * of an epoch whether step >= steps: steps + 1 updates, or exactly `steps` where an epoch ends there.
 */
export function countUpdates({
  steps,
  batchesPerEpoch,
}: {
  readonly steps: number;
  readonly batchesPerEpoch: number;
}): number {
  return steps > 0 && steps % batchesPerEpoch === 0 ? steps : steps + 1;
}
