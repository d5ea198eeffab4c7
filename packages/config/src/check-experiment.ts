import { ConfigError, type ConfigIssue } from './config-error.ts';
import type { ExperimentField, ExperimentRequest } from './experiment-schema.ts';
import { bnInceptionSizesNear, fitsBnInception } from './fits-bn-inception.ts';
import { lossConstantFields, lossConstants, type SourcedValue } from './loss-constants.ts';
import { isPaperDataset } from './paper-datasets.ts';
import { carsLrGammas } from './presets/cars.ts';
import type { DatasetFacts } from './presets/preset.ts';

type Values = Partial<Record<ExperimentField, SourcedValue<unknown>>>;

/** Checks what no single field can tell. @throws ConfigError with every issue found */
export function checkExperiment(values: Values, asked: ExperimentRequest, facts: DatasetFacts | null): void {
  const issues = [
    ...checkNetwork(values),
    ...checkSchedule(values),
    ...checkConstants(asked),
    ...checkBatch(values, facts),
  ];
  if (issues.length > 0) throw new ConfigError(issues);
}

function checkNetwork(values: Values): ConfigIssue[] {
  const weights = values.weights?.value as string;
  if (values.backbone?.value === 'conv_small') {
    const reason = 'conv_small has no pretrained weights';
    return weights === 'random' ? [] : [{ field: 'weights', value: weights, reason, allowed: 'random' }];
  }
  const imageSize = values.image_size?.value as number;
  if (fitsBnInception(imageSize)) return [];
  const reason = 'bn_inception cannot put its branches together at this size';
  const allowed = `32k - 1 to 32k + 6 for k from 1 on; the nearest are ${bnInceptionSizesNear(imageSize).join(' and ')}`;
  return [{ field: 'image_size', value: imageSize, reason, allowed }];
}

/** The reference fails at its first step where no milestones go with lr_gamma; here the request is refused. */
function checkSchedule(values: Values): ConfigIssue[] {
  if (values.milestones !== undefined) return [];
  const reason = `${values.dataset?.value} has no milestones for this factor: give milestones too`;
  return [
    {
      field: 'lr_gamma',
      value: values.lr_gamma?.value,
      reason,
      allowed: `${carsLrGammas.join(', ')} without milestones`,
    },
  ];
}

/** A constant of another loss would be ignored in silence; it is refused instead. */
function checkConstants(asked: ExperimentRequest): ConfigIssue[] {
  const own = Object.keys(lossConstants[asked.loss]);
  return lossConstantFields
    .filter((field) => asked[field] !== undefined && !own.includes(field))
    .map((field) => ({
      field,
      value: asked[field],
      reason: `is not a constant of loss ${asked.loss}`,
      allowed: own.join(', '),
    }));
}

function checkBatch(values: Values, facts: DatasetFacts | null): ConfigIssue[] {
  const batchSize = values.batch_size?.value as number;
  const instances = values.instances?.value as number;
  const classes = batchSize / instances;
  const field = 'batch_size';
  if (!Number.isInteger(classes)) {
    return [{ field, value: batchSize, reason: `must be a multiple of instances (${instances})` }];
  }
  if (classes < 2) {
    return [
      {
        field,
        value: batchSize,
        reason: `must hold at least 2 classes of ${instances} images`,
        allowed: `at least ${2 * instances}`,
      },
    ];
  }
  if (facts !== null && classes > facts.trainingClasses) {
    const reason = `needs ${classes} classes a batch, the training set has ${facts.trainingClasses}`;
    return [{ field, value: batchSize, reason, allowed: `at most ${facts.trainingClasses * instances}` }];
  }
  // The reference draws such an image twice; on its own data sets that stays so.
  if (facts !== null && facts.smallestTrainingClass < 2 && !isPaperDataset(values.dataset?.value as string)) {
    const names = facts.lonelyTrainingClasses?.join(', ');
    const reason = `has a training class with a single image, which has no positive pair${names ? `: ${names}` : ''}`;
    const allowed = 'at least 2 images a class; add one, or leave the class out in split.json';
    return [{ field: 'dataset', value: values.dataset?.value, reason, allowed }];
  }
  if (facts !== null && batchSize > facts.trainingImages) {
    const reason = `is more than the ${facts.trainingImages} training images: an epoch would have no batch`;
    return [{ field, value: batchSize, reason, allowed: `at most ${facts.trainingImages}` }];
  }
  return [];
}
