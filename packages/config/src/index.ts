export { allowedValues } from './allowed-values.ts';
export { ConfigError, type ConfigIssue, describeIssue } from './config-error.ts';
export type { DatasetFacts } from './dataset-facts.ts';
export { checkDatasetMeant } from './dataset-meant.ts';
export { type Division, divisionName, divisionOf } from './division.ts';
export {
  datasetsOfSweep,
  eachCell,
  expandSweep,
  type FactsOf,
  parseSweepRequest,
  repetitionsOf,
} from './expand-sweep.ts';
export { canonicalJson, configSha256, experimentIdentity, experimentSettings } from './experiment-identity.ts';
export {
  type ExperimentConfig,
  type ExperimentField,
  type ExperimentRequest,
  experimentConfigSchema,
  experimentFields,
  experimentRequestSchema,
  labelFields,
  mostTags,
} from './experiment-schema.ts';
export { countUpdates, type LrSchedule, lrAt } from './lr-schedule.ts';
export {
  type Continuation,
  type ContinueHow,
  continuationRules,
  mayAdopt,
  mayResume,
  type OfferedCheckpoint,
  pastMisfit,
} from './may-continue-from.ts';
export { type MetricColumn, readMetricColumn } from './metric-column.ts';
export { nearestKey } from './nearest-key.ts';
export { type PaperCell, paperCells } from './paper-cells.ts';
export { parseRequest } from './parse-request.ts';
export { type Provenance, unknownProvenance } from './provenance.ts';
export {
  parseExperimentRequest,
  type ResolvedExperiment,
  resolveExperiment,
} from './resolve-experiment.ts';
export { type RunCourse, runCourse } from './run-course.ts';
export type { CheckpointFacts, Environment, Numerics, RunFacts } from './run-facts.ts';
export { canTransition, isSettled, type RunState, runStates } from './run-states.ts';
export {
  checkSearchSpace,
  decidingMetric,
  drawSettings,
  type SearchSpace,
  type Settings,
  searchSpaceSchema,
  spreadSettings,
} from './search-space.ts';
export { rungSteps } from './search-strategy.ts';
export { type SweepRequest, sweepRequestSchema, sweptFields } from './sweep-schema.ts';
export { type EarlierRun, planStages, type Stage, type StageCell } from './sweep-stages.ts';
export { timingMetrics } from './timing-metrics.ts';
export { updateMetrics } from './update-metrics.ts';
export { sharedUpdates, type UpdateSequence, updateSequence } from './update-sequence.ts';
