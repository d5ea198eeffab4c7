export { ConfigError, type ConfigIssue, describeIssue } from './config-error.ts';
export { checkDatasetMeant } from './dataset-meant.ts';
export { type EvaluationProtocol, evaluationProtocol } from './evaluation-protocol.ts';
export { datasetsOfSweep, eachCell, expandSweep, type FactsOf, parseSweepRequest } from './expand-sweep.ts';
export { canonicalJson, configSha256, experimentIdentity, experimentSettings } from './experiment-identity.ts';
export {
  type ExperimentConfig,
  type ExperimentField,
  type ExperimentRequest,
  experimentConfigSchema,
  experimentFields,
  experimentRequestSchema,
} from './experiment-schema.ts';
export {
  type LossConstantField,
  type LossName,
  lossConstantFields,
  lossConstants,
  lossNames,
} from './loss-constants.ts';
export {
  type Continuation,
  type ContinueHow,
  continuationRules,
  mayContinueFrom,
  type PrefixEnd,
  prefixMisfit,
} from './may-continue-from.ts';
export { nearestKey } from './nearest-key.ts';
export { type PaperCell, paperCells } from './paper-cells.ts';
export { isPaperDataset, type PaperDataset, paperDatasets } from './paper-datasets.ts';
export { type PaperResult, paperResults } from './paper-results.ts';
export { parseRequest } from './parse-request.ts';
export type { DatasetFacts } from './presets/preset.ts';
export { type Provenance, unknownProvenance } from './provenance.ts';
export { recallKs } from './recall-ks.ts';
export { type Regulariser, regulariserOf, regularisers } from './regulariser.ts';
export {
  canonicalDatasetName,
  parseExperimentRequest,
  type ResolvedExperiment,
  resolveExperiment,
} from './resolve-experiment.ts';
export type { CheckpointFacts, Environment, Numerics, RunFacts } from './run-facts.ts';
export { canTransition, isSettled, type RunState, runStates } from './run-states.ts';
export { type SweepRequest, sweepRequestSchema, sweptFields } from './sweep-schema.ts';
export { timingMetrics } from './timing-metrics.ts';
