export { type BackboneName, type BackboneRecord, backboneNames, backboneRecord, backbones } from './backbones.ts';
export { carsLrGammas } from './datasets/cars.ts';
export type { DatasetRecord } from './datasets/dataset-record.ts';
export type { Measures, When } from './datasets/measures.ts';
export {
  canonicalDatasetName,
  type DatasetName,
  datasetMeant,
  datasetNames,
  datasetRecord,
  datasets,
  type EvaluationProtocol,
  evaluationProtocol,
  isPaperDataset,
  type PaperDataset,
  paperDatasets,
  recallKs,
} from './datasets.ts';
export {
  type GoldenSource,
  type LossConstant,
  type LossConstantField,
  type LossConstantsOf,
  type LossName,
  type LossRecord,
  lossConstantFields,
  losses,
  lossNames,
  lossRecord,
  paperLossNames,
} from './losses.ts';
export {
  defaultOptimizer,
  type OptimizerName,
  type OptimizerRecord,
  optimizerNames,
  optimizerRecord,
  optimizers,
} from './optimizers.ts';
export { type PaperResult, paperResults } from './paper-results.ts';
export type { Preset, PresetCell, PresetValues } from './preset.ts';
export { referenceDefaults } from './reference-defaults.ts';
export { type Regulariser, regulariserOf, regularisers } from './regulariser.ts';
export { from, ours, type SourcedValue } from './sourced-value.ts';
export {
  isPublishedSha256,
  type WeightsName,
  type WeightsRecord,
  type WeightsSource,
  weights,
  weightsNames,
  weightsRecord,
} from './weights.ts';
