import { z } from 'zod';
import { jobNumbers } from './job-numbers.ts';

/** Queue names have no ':' (BullMQ on Redis refuses it). A worker without a GPU does not listen to the second. */
export const queueNames = { any: 'experiments-any', gpu: 'experiments-gpu' } as const;
export type QueueName = (typeof queueNames)[keyof typeof queueNames];

/** All that a job carries: what to do is in Postgres. */
export const experimentJobSchema = z.strictObject({ experimentId: z.uuid() });
export type ExperimentJob = z.infer<typeof experimentJobSchema>;

/** What is needed to place a job. */
export type ExperimentHint = {
  readonly id: string;
  /** attempt that the claim will follow */
  readonly attempt: number;
  /** higher runs first, 0..100 */
  readonly priority: number;
  readonly device: string;
};

/** The queue whose workers can run it. */
export function queueOf(hint: ExperimentHint): QueueName {
  return hint.device === 'gpu' ? queueNames.gpu : queueNames.any;
}

/**
 * The same hint twice is one job. A later round has another id: a job that is just ending does not swallow the hint to go on.
 */
export function jobIdOf(hint: ExperimentHint): string {
  return `${hint.id}-${hint.attempt}`;
}

/** Of equal priority, what was begun goes before what was not: it holds work done, and its user waits longer. */
export function jobPriorityOf(hint: ExperimentHint): number {
  return Math.max(1, 2 * (jobNumbers.priorityOrigin - hint.priority) - (hint.attempt > 0 ? 1 : 0));
}
