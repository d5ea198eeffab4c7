import type { EventWriter } from './event-writer.ts';
import type { ProgressWatch } from './progress-watch.ts';
import { residentMemoryMb } from './resident-memory.ts';
import type { TrainerChild } from './trainer-child.ts';
import type { WorkerNumbers } from './worker-numbers.ts';

export type WatchChildOptions = {
  readonly child: TrainerChild;
  readonly writer: EventWriter;
  readonly progress: ProgressWatch;
  readonly numbers: WorkerNumbers;
  /** MB above which the child is to be replaced by a fresh one */
  readonly memoryLimitMb: number;
  readonly onTooLarge: (reason: string) => void;
};

/** Watches a trainer's progress and memory. @returns what ends the watch */
export function watchChild(options: WatchChildOptions): () => void {
  const { child, writer, progress, numbers, memoryLimitMb } = options;
  const bornAtMs = performance.now();
  const lookForProgress = () => {
    // While our own writes are behind (a database that is away), the trainer waits for us.
    if (writer.busy) return progress.excuse();
    const verdict = progress.verdict();
    if (verdict !== null) child.kill(verdict, 'hang');
  };
  const lookForMemory = async () => {
    if (child.pid === undefined) return;
    const megabytes = await residentMemoryMb(child.pid);
    if (megabytes === null) return;
    child.noteMemory(megabytes);
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
