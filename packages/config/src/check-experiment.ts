import { ConfigError, type ConfigIssue } from './config-error.ts';
import type { ExperimentField, ExperimentRequest } from './experiment-schema.ts';
import { lossConstantFields, lossConstants, type SourcedValue } from './loss-constants.ts';
import type { DatasetFacts } from './presets/preset.ts';

type Values = Partial<Record<ExperimentField, SourcedValue<unknown>>>;

/** Paper data sets and their network come with the readers of their annotation files. */
const datasetsToCome: ReadonlySet<string> = new Set(['cub', 'cars', 'sop', 'inshop']);

/** Checks what no single field can tell. @throws ConfigError with every issue found */
export function checkExperiment(values: Values, asked: ExperimentRequest, facts: DatasetFacts | null): void {
  const issues = [...checkAvailability(values), ...checkConstants(asked), ...checkBatch(values, facts)];
  if (issues.length > 0) throw new ConfigError(issues);
}

function checkAvailability(values: Values): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const dataset = values.dataset?.value as string;
  if (datasetsToCome.has(dataset)) {
    const reason = 'has no reader in this version';
    issues.push({ field: 'dataset', value: dataset, reason, allowed: 'shapes, or a folder under the data root' });
  }
  if (values.backbone?.value === 'bn_inception') {
    issues.push({
      field: 'backbone',
      value: 'bn_inception',
      reason: 'is not built in this version',
      allowed: 'conv_small',
    });
  } else if (values.weights?.value !== 'random') {
    const reason = 'conv_small has no pretrained weights';
    issues.push({ field: 'weights', value: values.weights?.value, reason, allowed: 'random' });
  }
  return issues;
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
  if (facts !== null && facts.smallestTrainingClass < 2) {
    const reason = 'has a training class with a single image, which has no positive pair';
    return [{ field: 'dataset', value: values.dataset?.value, reason, allowed: 'at least 2 images a class' }];
  }
  if (facts !== null && batchSize > facts.trainingImages) {
    const reason = `is more than the ${facts.trainingImages} training images: an epoch would have no batch`;
    return [{ field, value: batchSize, reason, allowed: `at most ${facts.trainingImages}` }];
  }
  return [];
}
