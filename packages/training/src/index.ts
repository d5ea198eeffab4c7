export { type CheckpointMetadata, type LoadedCheckpoint, readCheckpoint } from './checkpoint.ts';
export { openCompiledStep } from './compiled-step.ts';
export { readEnvironment } from './environment.ts';
export { extractEmbeddings } from './extract-embeddings.ts';
export { type KeptParts, keptParts } from './kept-parts.ts';
export { provideStepGraph, type StepGraph } from './provide-step-graph.ts';
export { type StepRecipe, stepOptionsOf } from './step-recipe.ts';
export type { KeptCheckpoint, StoredRun } from './stored-run.ts';
export type { RunStart, TrainOptions, TrainOutcome } from './train-options.ts';
export { TrainingError } from './training-error.ts';
export type {
  CheckpointKind,
  EvaluationSummary,
  EvaluationViewEvent,
  MetricPoint,
  StopReason,
  TrainingEvent,
  TrainingPhase,
  TrainingResult,
} from './training-events.ts';
export { trainExperiment } from './training-loop.ts';
export type { Finding, StretchReport, VerificationReport } from './verification.ts';
export { type VerifyOptions, verifyRun } from './verify-run.ts';
export { weightsSha256 } from './weights-sha256.ts';
