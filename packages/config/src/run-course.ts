import { canonicalDatasetName, evaluationProtocol } from '@spherelab/catalogue';
import type { DatasetFacts } from './dataset-facts.ts';
import type { ExperimentConfig } from './experiment-schema.ts';

/** What a data set decides of how runs on it go. */
export type RunCourse = {
  readonly batchesPerEpoch: number;
  /** whether the last evaluation measures what those before do not */
  readonly measuresMoreAtEnd: boolean;
};

/** Null where nobody has seen the data set. */
export function runCourse(config: ExperimentConfig, facts: DatasetFacts | null): RunCourse | null {
  if (facts === null) return null;
  const protocol = evaluationProtocol(canonicalDatasetName(config.dataset), facts.trainingImages);
  return {
    batchesPerEpoch: Math.max(1, Math.floor(facts.trainingImages / config.batch_size)),
    measuresMoreAtEnd: Object.values(protocol).includes('final'),
  };
}
