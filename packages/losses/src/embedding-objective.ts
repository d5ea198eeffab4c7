import { tf } from '@spherelab/tensorflow';
import type { LayoutTensors } from './batch-layout.ts';
import { type LossSettings, metricLoss } from './metric-loss.ts';
import { normL2 } from './norm-l2.ts';
import { rowNorms } from './row-norms.ts';
import { sphericalConstraint, updateRecord } from './spherical-constraint.ts';
import type { Scalar, Tensor, Tensor2D } from './tensor-types.ts';

/** Scalars that differ from step to step, or between runs of one recorded step. */
export type StepScalars = {
  /** The running mean of the norms before this step, and how far it moves (1 at step 0). */
  readonly recordNormMean: Tensor;
  readonly momentum: Tensor;
  /** sec_wei and l2reg_wei as they are at this step; null where the term is absent, which is not the same as a weight of 0. */
  readonly secWeight: Tensor | null;
  readonly l2regWeight: Tensor | null;
};

/** Scalars of one forward pass, named as the metrics; only `loss_total` is to be differentiated. */
export type Objective = {
  readonly loss_total: Scalar;
  readonly loss_metric: Scalar;
  readonly loss_sec: Scalar;
  readonly loss_l2reg: Scalar;
  readonly norm_mean: Scalar;
  /** Population variance. */
  readonly norm_var: Scalar;
  /** The record after this step's update: the next step's `recordNormMean`. */
  readonly record_norm_mean: Scalar;
  readonly avg_ap: Scalar;
  readonly avg_an: Scalar;
};

/**
 * What a training step minimises: loss_metric + sec_wei loss_sec + l2reg_wei loss_l2reg of raw embeddings [batch, dim].
 * `proxies` [training classes, dim] for a loss that learns some, else null; no regularizer looks at them.
 * Both regularizers are measured whether or not they are terms (golden/quirks.md).
 */
export function embeddingObjective(
  embeddings: Tensor2D,
  layout: LayoutTensors,
  loss: LossSettings,
  { recordNormMean, momentum, secWeight, l2regWeight }: StepScalars,
  proxies: Tensor2D | null = null,
): Objective {
  const norms = rowNorms(embeddings);
  const normMean = tf.mean<Scalar>(norms);
  const record = updateRecord(norms, recordNormMean, momentum);
  const sec = sphericalConstraint(norms, record);
  const l2reg = normL2(norms);
  const metric = metricLoss(embeddings, layout, loss, proxies);
  let total = metric.loss;
  if (secWeight !== null) total = tf.add(total, tf.mul(secWeight, sec));
  if (l2regWeight !== null) total = tf.add(total, tf.mul(l2regWeight, l2reg));
  return {
    loss_total: total,
    loss_metric: metric.loss,
    loss_sec: sec,
    loss_l2reg: l2reg,
    norm_mean: normMean,
    norm_var: tf.mean<Scalar>(tf.square(tf.sub(norms, normMean))),
    record_norm_mean: record,
    avg_ap: metric.avgAp,
    avg_an: metric.avgAn,
  };
}
