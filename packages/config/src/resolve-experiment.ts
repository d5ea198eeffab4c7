import { checkExperiment } from './check-experiment.ts';
import { checkDatasetMeant } from './dataset-meant.ts';
import {
  type ExperimentConfig,
  type ExperimentField,
  type ExperimentRequest,
  experimentConfigSchema,
  experimentFields,
  experimentRequestSchema,
} from './experiment-schema.ts';
import { lossConstants, type SourcedValue } from './loss-constants.ts';
import { parseRequest } from './parse-request.ts';
import { carsPreset } from './presets/cars.ts';
import { cubPreset } from './presets/cub.ts';
import { folderPreset } from './presets/folder.ts';
import { imagenetWeights } from './presets/imagenet-weights.ts';
import { inshopPreset } from './presets/inshop.ts';
import { type DatasetFacts, ours, type Preset, type PresetValues } from './presets/preset.ts';
import { referenceDefaults } from './presets/reference-defaults.ts';
import { shapesPreset } from './presets/shapes.ts';
import { sopPreset } from './presets/sop.ts';
import { regulariserOf } from './regulariser.ts';

type Values = Partial<Record<ExperimentField, SourcedValue<unknown>>>;

/** A complete config and, for each field, where its value comes from. */
export type ResolvedExperiment = {
  readonly config: ExperimentConfig;
  readonly sources: Readonly<Record<string, string>>;
};

const presets: Readonly<Record<string, Preset>> = {
  shapes: shapesPreset,
  cub: cubPreset,
  cars: carsPreset,
  sop: sopPreset,
  inshop: inshopPreset,
};

/** Data sets known by name are written in lower case, so that `CUB` and `Inshop` work; folders keep their name. */
const namedDatasets: readonly string[] = Object.keys(presets);

/** The name by which a data set is stored. */
export function canonicalDatasetName(name: string): string {
  const lower = name.toLowerCase();
  return namedDatasets.includes(lower) ? lower : name;
}

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
  const preset = presets[asked.dataset] ?? folderPreset;
  const cell = { loss: asked.loss, regulariser: regulariserOf(asked), lrGamma: asked.lr_gamma };
  const values: Values = {
    ...referenceDefaults,
    ...preset(cell, facts),
    ...defaults,
    ...lossConstants[asked.loss],
  };
  const presetBackbone = values.backbone?.value;
  for (const [field, value] of Object.entries(asked) as [ExperimentField, unknown][]) {
    if (value !== undefined) values[field] = { value, source: 'user' };
  }
  fitBatchToInstances(values, asked, facts);
  if (values.backbone?.value !== presetBackbone && asked.weights === undefined) fitWeightsToBackbone(values);
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

/** A user who changes the backbone alone gets the weights that it has; a random BN-Inception is always written out. */
function fitWeightsToBackbone(values: Values): void {
  values.weights = ours(values.backbone?.value === 'conv_small' ? 'random' : imagenetWeights);
}

function mapValues<T>(values: Values, pick: (value: SourcedValue<unknown>) => T): Record<string, T> {
  return Object.fromEntries(
    experimentFields.flatMap((field) => {
      const sourced = values[field];
      return sourced === undefined ? [] : [[field, pick(sourced)] as const];
    }),
  );
}
