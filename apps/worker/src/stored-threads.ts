import type { Experiment } from '@spherelab/db';
import type { ThreadCounts } from './device.ts';

/** Threads of the attempts before this one; null before the first. */
export function storedThreads(experiment: Experiment): ThreadCounts | null {
  const { intra_op_threads, inter_op_threads } = experiment.environment ?? {};
  if (typeof intra_op_threads !== 'number' || typeof inter_op_threads !== 'number') return null;
  return { intra_op_threads, inter_op_threads };
}
