import { canonicalDatasetName, evaluationProtocol } from '@spherelab/catalogue';
import type { DatasetFacts } from './dataset-facts.ts';
import type { ExperimentConfig } from './experiment-schema.ts';
import { countUpdates } from './lr-schedule.ts';
import type { StageCell } from './sweep-stages.ts';
import { updateSequence } from './update-sequence.ts';

/** How a run goes: what it has in common with others, and how long it is on its data set. */
export type RunCourse = StageCell & { readonly batchesPerEpoch: number };

/** Null where nobody has seen the data set. */
export function runCourse(config: ExperimentConfig, facts: DatasetFacts | null): RunCourse | null {
  if (facts === null) return null;
  const protocol = evaluationProtocol(canonicalDatasetName(config.dataset), facts.trainingImages);
  const batchesPerEpoch = Math.max(1, Math.floor(facts.trainingImages / config.batch_size));
  return {
    sequence: updateSequence(config),
    updates: countUpdates({ steps: config.steps, batchesPerEpoch }),
    measuresMoreAtEnd: Object.values(protocol).includes('final'),
    batchesPerEpoch,
  };
}
