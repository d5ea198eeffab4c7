import { stopSignals } from '@spherelab/host';

/** What shells give for a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * Does work that takes its temporary files away when it is told to stop, as on Ctrl-C.
 * @returns null where it was stopped; the exit code is set then
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
  const { asked } = stopSignals();
  try {
    return await work(asked);
  } catch (error) {
    if (!asked.aborted) throw error;
    process.stderr.write('\ninterrupted: nothing was left behind\n');
    process.exitCode = INTERRUPTED;
    return null;
  }
}
