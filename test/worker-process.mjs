// A worker of the system tests: the product's supervisor with the fake trainer, as a process that can be killed.
import { fileURLToPath } from 'node:url';
import { startWorker } from '../apps/worker/dist/start-worker.js';

const { DATABASE_URL: databaseUrl, QUEUE_STORE, WORK, LEASE_MS } = process.env;
// By default the lease is the product's, so that what is quick here is quick without it.
const lease =
  LEASE_MS === undefined
    ? {}
    : { leaseMs: Number(LEASE_MS), renewEveryMs: Number(LEASE_MS) / 10, ownDeadlineMs: Number(LEASE_MS) * 0.8 };
const worker = await startWorker({
  databaseUrl,
  queue: JSON.parse(QUEUE_STORE),
  dataRoot: WORK,
  cacheFolder: WORK,
  devices: ['cpu'],
  threads: { intra_op_threads: 1, inter_op_threads: 1 },
  trainerScript: fileURLToPath(new URL('../apps/worker/test/fake-trainer.mjs', import.meta.url)),
  retryPolicy: { maxFailures: 5, backoffMs: 10, maxBackoffMs: 10 },
  queueTimes: { lockDurationMs: 2_000, stalledIntervalMs: 500 },
  numbers: { ...lease, stopPollMs: 50 },
});
process.on('SIGTERM', () => void worker.close().then(() => process.exit(0)));
console.log('ready');
