import {
  backboneRecord,
  canonicalDatasetName,
  datasetRecord,
  isPaperDataset,
  lossRecord,
  optimizerRecord,
  ours,
  type PresetValues,
  referenceDefaults,
  regulariserOf,
  type SourcedValue,
} from '@spherelab/catalogue';
import { checkExperiment } from './check-experiment.ts';
import type { DatasetFacts } from './dataset-facts.ts';
import { checkDatasetMeant } from './dataset-meant.ts';
import {
  type ExperimentConfig,
  type ExperimentField,
  type ExperimentRequest,
  experimentConfigSchema,
  experimentFields,
  experimentRequestSchema,
} from './experiment-schema.ts';
import { parseRequest } from './parse-request.ts';

type Values = Partial<Record<ExperimentField, SourcedValue<unknown>>>;

/** Proxy anchor's own code trains proxies at 100 times its 1e-4 for the network. */
const proxiesLr = 1e-2;

/** A complete config and, for each field, where its value comes from. */
export type ResolvedExperiment = {
  readonly config: ExperimentConfig;
  readonly sources: Readonly<Record<string, string>>;
};

/** Parses what a user posted. @throws ConfigError */
export function parseExperimentRequest(request: unknown): ExperimentRequest {
  const parsed = parseRequest(experimentRequestSchema, experimentFields, request);
  const dataset = canonicalDatasetName(parsed.dataset);
  checkDatasetMeant(dataset);
  return { ...parsed, dataset };
}

/**
 * Completes a request with the preset of its data set and loss.
 * @param facts what is known of the data set; null where the caller has no data root (the worker judges then)
 * @param defaults values that stand before the preset's (a sweep with preset_policy "matched")
 * @throws ConfigError naming every field that is wrong
 */
export function resolveExperiment(
  request: unknown,
  facts: DatasetFacts | null,
  defaults: PresetValues = {},
): ResolvedExperiment {
  const asked = parseExperimentRequest(request);
  const { preset } = datasetRecord(asked.dataset);
  const cell = {
    loss: asked.loss,
    regulariser: regulariserOf(asked),
    lrGamma: asked.lr_gamma,
    trainingClasses: facts?.trainingClasses ?? null,
  };
  const values: Values = {
    ...fitToBackbone({ ...referenceDefaults, ...preset(cell) }, asked),
    ...defaults,
    ...settingsOf(asked),
  };
  for (const [field, value] of Object.entries(asked) as [ExperimentField, unknown][]) {
    if (value !== undefined) values[field] = { value, source: 'user' };
  }
  fitBatchToInstances(values, asked, facts);
  checkExperiment(values, asked, facts);
  const config = experimentConfigSchema.parse(mapValues(values, (sourced) => sourced.value));
  return Object.freeze({ config, sources: Object.freeze(mapValues(values, (sourced) => sourced.source)) });
}

/** A user who changes `instances` alone gets the batch size that goes with it. */
function fitBatchToInstances(values: Values, asked: ExperimentRequest, facts: DatasetFacts | null): void {
  if (asked.instances === undefined || asked.batch_size !== undefined) return;
  const classes = Math.min(Math.floor(120 / asked.instances), facts?.trainingClasses ?? Number.POSITIVE_INFINITY);
  values.batch_size = { value: Math.max(1, classes) * asked.instances, source: 'ours' };
}

/** A user who changes the backbone gets what goes with it: weights, picture size, learning rates and all stages trained. */
function fitToBackbone(preset: PresetValues, { backbone, dataset }: ExperimentRequest): PresetValues {
  if (backbone === undefined || backbone === preset.backbone?.value) return preset;
  const { embedding_dim: size, ...own } = backboneRecord(backbone).preset;
  const isPublished = isPaperDataset(dataset) && preset.embedding_dim !== undefined;
  const stages = { freeze_stages: referenceDefaults.freeze_stages };
  return { ...preset, ...own, ...stages, ...(isPublished || size === undefined ? {} : { embedding_dim: size }) };
}

/** Fields that only this loss or this optimizer has. */
function settingsOf({ loss, optimizer = referenceDefaults.optimizer.value }: ExperimentRequest): Values {
  const { constants, proxies } = lossRecord(loss);
  const own = Object.entries(constants).map(([field, { value, source }]) => [field, { value, source }] as const);
  return {
    ...Object.fromEntries(own),
    ...optimizerRecord(optimizer).settings,
    ...(proxies ? { lr_proxies: ours(proxiesLr) } : {}),
  };
}

function mapValues<T>(values: Values, pick: (value: SourcedValue<unknown>) => T): Record<string, T> {
  const mapped: Record<string, T> = {};
  for (const field of experimentFields) {
    const sourced = values[field];
    if (sourced !== undefined) mapped[field] = pick(sourced);
  }
  return mapped;
}
