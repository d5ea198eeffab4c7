import type { EventWriter } from './event-writer.ts';
import type { ProgressWatch } from './progress-watch.ts';
import { residentMemoryMb } from './resident-memory.ts';
import type { TrainerRun } from './trainer-run.ts';
import type { WorkerNumbers } from './worker-numbers.ts';

export type WatchChildOptions = {
  readonly run: TrainerRun;
  readonly writer: EventWriter;
  readonly progress: ProgressWatch;
  readonly numbers: WorkerNumbers;
  /** MB above which its process is to be replaced by a fresh one */
  readonly memoryLimitMb: number;
  readonly onTooLarge: (reason: string) => void;
};

/** Watches the progress of a run and the memory of its process. @returns what ends the watch */
export function watchChild(options: WatchChildOptions): () => void {
  const { run, writer, progress, numbers, memoryLimitMb } = options;
  const bornAtMs = performance.now();
  const lookForProgress = () => {
    // While our own writes are behind (a database that is away), the trainer waits for us.
    if (writer.busy) return progress.excuse();
    const verdict = progress.verdict();
    if (verdict !== null) run.kill(verdict, 'hang');
  };
  const lookForMemory = async () => {
    if (run.pid === undefined) return;
    const megabytes = await residentMemoryMb(run.pid);
    if (megabytes === null) return;
    run.noteMemory(megabytes);
    if (megabytes <= memoryLimitMb || performance.now() - bornAtMs < numbers.leastLifeMs) return;
    options.onTooLarge(
      `its trainer held ${Math.round(megabytes)} MB of memory, more than ${memoryLimitMb}: a fresh one`,
    );
  };
  const timers = [
    setInterval(lookForProgress, Math.min(1_000, numbers.stallTimeoutMs / 4)),
    setInterval(() => void lookForMemory(), numbers.memoryWatchMs),
  ];
  return () => timers.forEach(clearInterval);
}
