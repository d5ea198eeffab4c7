export { BatchCompositionError, type BatchCompositionIssue } from './batch-composition-error.ts';
export { type BatchLayout, batchLayout, type LayoutTensors, layoutTensors } from './batch-layout.ts';
export {
  embeddingObjective,
  type Objective,
  type StepScalars,
} from './embedding-objective.ts';
export { type LossSettings, type MetricLoss, metricLoss } from './metric-loss.ts';
export { normL2 } from './norm-l2.ts';
export { normaliseRows, rowNorms } from './row-norms.ts';
export { sphericalConstraint, updateRecord } from './spherical-constraint.ts';
export type { Scalar, Tensor, Tensor1D, Tensor2D } from './tensor-types.ts';
