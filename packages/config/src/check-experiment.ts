import {
  type BackboneName,
  backboneRecord,
  carsLrGammas,
  isPaperDataset,
  lossConstantFields,
  lossNames,
  lossRecord,
  type OptimizerName,
  optimizerNames,
  optimizerRecord,
  type SourcedValue,
} from '@spherelab/catalogue';
import { ConfigError, type ConfigIssue } from './config-error.ts';
import type { DatasetFacts } from './dataset-facts.ts';
import type { ExperimentField, ExperimentRequest } from './experiment-schema.ts';

type Values = Partial<Record<ExperimentField, SourcedValue<unknown>>>;

/** Checks what no single field can tell. @throws ConfigError with every issue found */
export function checkExperiment(values: Values, asked: ExperimentRequest, facts: DatasetFacts | null): void {
  const issues = [
    ...checkNetwork(values),
    ...checkSchedule(values),
    ...checkBelonging(values, asked),
    ...checkFolds(values, asked),
    ...checkBatch(values, facts),
  ];
  if (issues.length > 0) throw new ConfigError(issues);
}

function checkNetwork(values: Values): ConfigIssue[] {
  const name = values.backbone?.value as BackboneName;
  const { pretrained, sizes, stages } = backboneRecord(name);
  const weights = values.weights?.value as string;
  const imageSize = values.image_size?.value as number;
  const frozen = values.freeze_stages?.value as number;
  const issues: ConfigIssue[] = [];
  if (!pretrained && weights !== 'random') {
    issues.push({ field: 'weights', value: weights, reason: `${name} has no pretrained weights`, allowed: 'random' });
  }
  if (!sizes.fits(imageSize)) {
    const allowed = sizes.allowed(imageSize);
    issues.push({ field: 'image_size', value: imageSize, reason: sizes.reason, allowed });
  }
  if (frozen > stages.length) {
    const reason = `${name} has ${stages.length} stages: ${stages.join(', ')}`;
    issues.push({ field: 'freeze_stages', value: frozen, reason, allowed: `0 to ${stages.length}` });
  }
  return issues;
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

/** What the loss or optimizer does not have would be ignored in silence; it is refused instead. */
function checkBelonging(values: Values, asked: ExperimentRequest): ConfigIssue[] {
  const { constants, proxies } = lossRecord(asked.loss);
  const optimizer = values.optimizer?.value as OptimizerName;
  const issues: ConfigIssue[] = [];
  for (const field of lossConstantFields) {
    const value = asked[field];
    const constant = constants[field];
    if (value === undefined) continue;
    if (constant === undefined) {
      const own = Object.keys(constants).join(', ') || 'it has none';
      issues.push({ field, value, reason: `is not a constant of loss ${asked.loss}`, allowed: own });
    } else if (
      value < constant.minimum ||
      value > constant.maximum ||
      (constant.exclusive && value === constant.minimum)
    ) {
      const reason = `is out of the bounds of loss ${asked.loss}`;
      const allowed = `${constant.exclusive ? 'more than' : 'at least'} ${constant.minimum}, at most ${constant.maximum}`;
      issues.push({ field, value, reason, allowed });
    }
  }
  if (asked.lr_proxies !== undefined && !proxies) {
    const allowed = lossNames.filter((name) => lossRecord(name).proxies).join(', ');
    const reason = `loss ${asked.loss} learns no vectors of its own`;
    issues.push({ field: 'lr_proxies', value: asked.lr_proxies, reason, allowed: `with loss ${allowed}` });
  }
  if (asked.momentum !== undefined && !('momentum' in optimizerRecord(optimizer).settings)) {
    const allowed = optimizerNames.filter((name) => 'momentum' in optimizerRecord(name).settings).join(', ');
    const reason = `optimizer ${optimizer} has no such setting`;
    issues.push({ field: 'momentum', value: asked.momentum, reason, allowed: `with optimizer ${allowed}` });
  }
  return issues;
}

/** A part of a cut that nobody asked for, or a cut of which no part is named, is no experiment. */
function checkFolds(values: Values, { folds, fold }: ExperimentRequest): ConfigIssue[] {
  const given = folds === undefined ? fold : folds;
  if (given === undefined) return [];
  if (values.protocol?.value !== 'validation') {
    const reason = `protocol ${values.protocol?.value} evaluates the test classes`;
    const field = folds === undefined ? 'fold' : 'folds';
    return [{ field, value: given, reason, allowed: 'with protocol validation' }];
  }
  if (folds === undefined)
    return [{ field: 'folds', value: null, reason: 'is required with fold', allowed: '2 to 20' }];
  const allowed = `0 to ${folds - 1}`;
  if (fold === undefined) return [{ field: 'fold', value: null, reason: 'is required with folds', allowed }];
  if (fold >= folds) return [{ field: 'fold', value: fold, reason: `is no part of ${folds} folds`, allowed }];
  return [];
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
