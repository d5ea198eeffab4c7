import type { ExperimentConfig, ExperimentField } from '../experiment-schema.ts';
import type { LossName, SourcedValue } from '../loss-constants.ts';
import type { Regulariser } from '../regulariser.ts';

/** What the API or the worker knows of a data set. */
export type DatasetFacts = {
  /** as its folder is spelled; lower case for a data set that is known by name */
  readonly name: string;
  readonly trainingClasses: number;
  readonly trainingImages: number;
  readonly smallestTrainingClass: number;
  /** names of the first training classes with a single image */
  readonly lonelyTrainingClasses?: readonly string[];
  /** what was read in another way than one may think, in words */
  readonly notes?: readonly string[];
  readonly testClasses: number;
  /** SHA-256 (hex) of the lists: which images are used as what */
  readonly dataListSha256: string;
  /** SHA-256 (hex) of the lists with the bytes of each image */
  readonly dataSha256: string;
};

/** Values of a preset, each with where it comes from. */
export type PresetValues = {
  readonly [F in ExperimentField]?: SourcedValue<Exclude<ExperimentConfig[F], undefined>>;
};

/** What a preset depends on beside its data set. */
export type PresetCell = {
  readonly loss: LossName;
  readonly regulariser: Regulariser;
  /** As the user gave it; the milestones of Cars follow from it. */
  readonly lrGamma: number | undefined;
};

export type Preset = (cell: PresetCell, facts: DatasetFacts | null) => PresetValues;

/** Marks values that neither the paper nor the reference gives. */
export function ours<T>(value: T): SourcedValue<T> {
  return { value, source: 'ours' };
}

/** Marks a value with the file and line of the reference, or `readme`. */
export function from<T>(source: string, value: T): SourcedValue<T> {
  return { value, source };
}
