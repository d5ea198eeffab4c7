import type { ChildProcess } from 'node:child_process';

/** What tells a program to stop. */
export type StopSignals = {
  /** Somebody asked: end in order. The reason is the signal's name, or that the parent is gone. */
  readonly asked: AbortSignal;
  /** Asked again: end at once. */
  readonly insisted: AbortSignal;
};

/**
 * ms. npm passes a Ctrl-C on to what it runs, which the terminal told already: two that come together are one.
 */
const echoMs = 300;

/**
 * Listens for Ctrl-C, SIGTERM, a terminal that is closed, and the death of a parent that gave us an IPC channel; SIGQUIT insists
 * at once. To be called before anything is started: what comes earlier ends the process, and has nothing to leave behind.
 */
export function stopSignals(): StopSignals {
  const asked = new AbortController();
  const insisted = new AbortController();
  let isEchoOver = false;
  const ask = (reason: string, isSignal: boolean) => {
    if (!asked.signal.aborted) {
      // Where a busy machine keeps us from our events for longer, those that came meanwhile are told before an immediate runs.
      setTimeout(() => setImmediate(() => (isEchoOver = true)), echoMs).unref();
      asked.abort(reason);
    } else if (isSignal && isEchoOver) {
      insisted.abort(reason);
    }
  };
  process.on('SIGQUIT', () => {
    asked.abort('SIGQUIT');
    insisted.abort('SIGQUIT');
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal, true));
  // A terminal that is closed, or a dead parent's pipe, takes no more words; that must not end us before what we started.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.on('disconnect', () => ask('its parent is gone', false));
  // The channel may have closed while our modules were loaded.
  if (process.connected === false && process.send !== undefined) ask('its parent is gone', false);
  return { asked: asked.signal, insisted: insisted.signal };
}

/** Passes on to a program of ours, which has a group of its own, what we are told. */
export function passOn({ asked, insisted }: StopSignals, child: ChildProcess): void {
  asked.addEventListener('abort', () => child.kill('SIGTERM'));
  insisted.addEventListener('abort', () => child.kill('SIGQUIT'));
}
