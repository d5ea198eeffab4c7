/** A part of the system that was started, or is being started. */
export type StartedPart = {
  readonly stop: () => Promise<void>;
  /** Ends it at once; what it did not save is lost. */
  readonly kill: () => Promise<void>;
};

/** What was started, so that all of it can be ended again at any moment of the start or of the stop. */
export type StartedParts = {
  readonly add: (part: StartedPart) => void;
  /** In reverse order. */
  readonly stop: () => Promise<void>;
  readonly kill: () => Promise<void>;
};

export function startedParts(): StartedParts {
  const parts: StartedPart[] = [];
  return {
    add: (part) => void parts.push(part),
    stop: async () => {
      for (const part of parts.toReversed()) await part.stop();
    },
    // All at once and not in order: one that hangs must not keep the others alive.
    kill: async () => void (await Promise.allSettled(parts.map((part) => part.kill()))),
  };
}
