export { type CheckpointMetadata, type LoadedCheckpoint, readCheckpoint } from './checkpoint.ts';
export { openCompiledStep } from './compiled-step.ts';
export { environmentDifferences, readEnvironment } from './environment.ts';
export { extractEmbeddings } from './extract-embeddings.ts';
export { provideStepGraph, type StepGraph } from './provide-step-graph.ts';
export { type StepRecipe, stepOptionsOf } from './step-recipe.ts';
export { TrainingError } from './training-error.ts';
export type {
  CheckpointKind,
  Environment,
  EvaluationSummary,
  EvaluationViewEvent,
  MetricPoint,
  StopReason,
  TrainingEvent,
  TrainingPhase,
  TrainingResult,
  TrainOptions,
  TrainOutcome,
} from './training-events.ts';
export { trainExperiment } from './training-loop.ts';
export { weightsSha256 } from './weights-sha256.ts';
