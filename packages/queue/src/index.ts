export { type ConsumeOptions, consumeQueue, type QueueConsumer } from './consume-queue.ts';
export {
  type ExperimentHint,
  type ExperimentJob,
  experimentJobSchema,
  jobIdOf,
  type QueueName,
  queueNames,
  queueOf,
} from './experiment-job.ts';
export { jobNumbers } from './job-numbers.ts';
export { type ExperimentQueue, openQueue, type WaitingJob } from './open-queue.ts';
export { type QueueStore, queueSchema, queueStoreOf } from './queue-store.ts';
