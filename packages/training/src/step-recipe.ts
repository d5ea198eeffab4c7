import { lossRecord } from '@spherelab/catalogue';
import type { ExperimentConfig } from '@spherelab/config';
import { type NetworkOptions, splitNetwork } from '@spherelab/models';
import { lossSettingsOf } from './loss-settings-of.ts';
import { type OptimizerSettings, optimizerOf } from './optimizers/optimizer-of.ts';
import type { InputSignature } from './record-step.ts';
import { type StepVariable, stepVariables } from './step-variables.ts';
import type { TrainStepOptions } from './train-step.ts';

/** A step as plain JSON: what crosses to the process that records it. Frozen stages are not in it. */
export type StepRecipe = {
  readonly model: NetworkOptions;
  readonly step: Omit<TrainStepOptions, 'network'>;
  readonly signature: InputSignature;
};

function networkOptionsOf(config: ExperimentConfig, trainingLabels: number): NetworkOptions {
  return {
    backbone: config.backbone,
    imageSize: config.image_size,
    embeddingDim: config.embedding_dim,
    needBn: config.need_bn,
    freezeBn: config.freeze_bn,
    ...(config.freeze_stages === 0 ? {} : { freezeStages: config.freeze_stages }),
    ...(lossRecord(config.loss).proxies ? { proxies: trainingLabels } : {}),
  };
}

function optimizerSettingsOf({ optimizer, momentum }: ExperimentConfig): OptimizerSettings {
  return { name: optimizer, ...(momentum === undefined ? {} : { momentum }) };
}

/** The recipe of an experiment's step on training images whose labels run from 0 to below `trainingLabels`. */
export function stepRecipeOf(config: ExperimentConfig, trainingLabels: number): StepRecipe {
  return {
    model: networkOptionsOf(config, trainingLabels),
    step: {
      loss: lossSettingsOf(config),
      instances: config.instances,
      secWei: config.sec_wei,
      l2regWei: config.l2reg_wei,
      normMomentum: config.norm_momentum,
      secRampSteps: config.sec_ramp ? config.steps : null,
      optimizer: optimizerSettingsOf(config),
      weightDecay: config.weight_decay,
      freezeBn: config.freeze_bn,
    },
    signature: { batchSize: config.batch_size, inputType: config.freeze_stages === 0 ? 'uint8' : 'float32' },
  };
}

/**
 * What of a recipe decides its graph: all but the numbers that are fed at each step, so that the cells of a sweep over weights share
 * one. A weight of 0 stays apart, for its term is absent.
 */
export function graphRecipe({ step, ...recipe }: StepRecipe): StepRecipe {
  const isThere = (weight: number): number => (weight === 0 ? 0 : 1);
  return {
    ...recipe,
    step: {
      ...step,
      secWei: isThere(step.secWei),
      l2regWei: isThere(step.l2regWei),
      weightDecay: isThere(step.weightDecay),
      normMomentum: 1,
      secRampSteps: null,
    },
  };
}

/** The options of the step that a recipe describes. */
export function stepOptionsOf({ model, step }: StepRecipe): TrainStepOptions {
  return { ...step, network: splitNetwork(model).trained };
}

/** Everything that such a step carries to the next one but the number of updates. */
export function variablesOf({ network, freezeBn, optimizer }: TrainStepOptions): StepVariable[] {
  return stepVariables(network, freezeBn, optimizerOf(optimizer));
}
