import type { ExperimentConfig, ExperimentField } from '../experiment-schema.ts';
import type { LossName, SourcedValue } from '../loss-constants.ts';

/** What the API or the worker knows of a data set from its lists alone. */
export type DatasetFacts = {
  readonly trainingClasses: number;
  readonly trainingImages: number;
  readonly smallestTrainingClass: number;
  readonly testClasses: number;
  readonly dataListSha256: string;
};

/** Values of a preset, each with where it comes from. */
export type PresetValues = {
  readonly [F in ExperimentField]?: SourcedValue<Exclude<ExperimentConfig[F], undefined>>;
};

export type Preset = (loss: LossName, facts: DatasetFacts | null) => PresetValues;

/** Marks values that neither the paper nor the reference gives. */
export function ours<T>(value: T): SourcedValue<T> {
  return { value, source: 'ours' };
}
