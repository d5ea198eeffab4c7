import { Worker } from 'node:worker_threads';

/** Ends this process at once when the supervisor that forked it is gone, also in the middle of a step. */
export function dieWithSupervisor(): void {
  process.on('disconnect', () => process.exit(1));
  // Ctrl-C reaches the whole process group; when and how to stop is the supervisor's decision.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  // A step blocks this thread, a thread of its own does not wait for it.
  new Worker(new URL('./orphan-watch.js', import.meta.url), { workerData: { supervisor: process.ppid } }).unref();
}
