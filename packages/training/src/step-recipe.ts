import { createNetwork, type NetworkOptions } from '@spherelab/models';
import type { RecordOptions } from './record-step.ts';
import type { TrainStepOptions } from './train-step.ts';

/** All that decides a step's graph, as plain JSON: what crosses to the process that records it. */
export type StepRecipe = {
  readonly model: NetworkOptions;
  readonly step: Omit<TrainStepOptions, 'network'>;
  readonly record: RecordOptions;
};

/** The options of the step that a recipe describes. */
export function stepOptionsOf({ model, step }: StepRecipe): TrainStepOptions {
  return { ...step, network: createNetwork(model) };
}
