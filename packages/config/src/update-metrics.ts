import { timingMetrics } from './timing-metrics.ts';

/** Metrics that an update measures; all others of its step are of the evaluation after it. */
export const updateMetrics: ReadonlySet<string> = new Set([
  'loss_metric',
  'loss_sec',
  'loss_l2reg',
  'norm_mean',
  'norm_var',
  'record_norm_mean',
  'avg_ap',
  'avg_an',
  'lr',
  'train_loss',
  ...timingMetrics,
]);
