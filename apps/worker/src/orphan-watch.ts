// A thread of the trainer process: ends it when its supervisor is gone, even while a step blocks the main thread.
import { workerData } from 'node:worker_threads';

const { supervisor } = workerData as { supervisor: number };
const checkEveryMs = 250;

setInterval(() => {
  if (process.ppid !== supervisor) process.kill(process.pid, 'SIGKILL');
}, checkEveryMs);
