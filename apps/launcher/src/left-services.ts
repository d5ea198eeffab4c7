import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessAlive, pidOf } from '@spherelab/host';
import type { ProcessFile } from './process-file.ts';

const lookEveryMs = 100;

/**
 * Waits for the services of a launcher that was killed. They end themselves, workers after a checkpoint; one that does not (it is
 * frozen, or of an older version) is killed with its trainers: beside ours it would be a second worker.
 * @param signal kills them at once
 */
export async function endLeftServices(
  left: ProcessFile | null,
  graceMs: number,
  log: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const alive = () => Object.entries(left?.services ?? {}).filter(([, identity]) => isProcessAlive(identity));
  const deadlineMs = performance.now() + graceMs;
  if (alive().length > 0) log(`waiting for ${alive().map(([name]) => name)} of a start before, whose launcher is gone`);
  while (alive().length > 0 && !signal.aborted && performance.now() < deadlineMs) await sleep(lookEveryMs);
  for (const [, identity] of alive()) killGroup(pidOf(identity));
  while (alive().length > 0) await sleep(lookEveryMs);
}

/** Kills a process with all of its group; each service leads one, in which its trainers are. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // gone already
  }
}
