/** Work that is done again and again. */
export type Periodic = {
  /** Does it now, or once more after the round that is under way. */
  kick(): void;
  /** Waits for the round that is under way; no other follows. */
  stop(): Promise<void>;
};

/** Does work every so often, never twice at once; an error is told and the next round tries again. */
export function periodically(
  everyMs: number,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): Periodic {
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  const kick = () => {
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    running = work()
      .then(() => undefined, onError)
      .finally(() => {
        running = null;
        if (again) {
          again = false;
          kick();
        }
      });
  };
  const timer = setInterval(kick, everyMs);
  kick();
  return {
    kick,
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
