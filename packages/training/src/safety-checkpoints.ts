/**
 * When a `latest` checkpoint is due by time, whatever `checkpoint_every` says: what a kill costs is about a minute of work, and
 * less soon after a start, when hosts that end processes do so. Saving takes at most 2 % of the time. Decides no number.
 */
export type SafetyCheckpoints = {
  isDue(): boolean;
  /** Tells that a save begins. @returns what tells that it is done, and whether a run could go on from it */
  beginSave(): (isResumable: boolean) => void;
  /** Tells that a save was not possible: it is tried again later, not at every step. */
  giveUp(): void;
};

const firstAfterMs = 5_000;
const everyMs = 60_000;
/** How many times as long as a save the time between two is at least. */
const timesItsCost = 50;
/** Until one was measured. 130 MB are read, encoded, hashed and written in 0.6 to 1.1 s (docs/performance.md). */
const assumedBytesPerMs = 100_000;

/** @param stateBytes of what is saved, as the guess of its cost until a save was measured */
export function safetyCheckpoints(stateBytes: number, nowMs = (): number => performance.now()): SafetyCheckpoints {
  let sinceMs = nowMs();
  let limitMs = firstAfterMs;
  let costMs = stateBytes / assumedBytesPerMs;
  const restart = (): void => {
    sinceMs = nowMs();
    limitMs = everyMs;
  };
  return {
    isDue: () => nowMs() - sinceMs >= Math.max(limitMs, timesItsCost * costMs),
    beginSave: () => {
      const startedMs = nowMs();
      return (isResumable) => {
        costMs = nowMs() - startedMs;
        if (isResumable) restart();
      };
    },
    giveUp: restart,
  };
}
