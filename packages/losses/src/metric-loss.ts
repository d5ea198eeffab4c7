import type { LossConstantField, LossName } from '@spherelab/catalogue';
import { tf } from '@spherelab/tensorflow';
import type { LayoutTensors } from './batch-layout.ts';
import type { LossInput, MetricLossFunction, PairAverages } from './metric-loss-function.ts';
import { metricLosses } from './metric-losses/index.ts';
import { pairCosines } from './pair-cosines.ts';
import { pairMasks } from './pair-masks.ts';
import { normaliseRows } from './row-norms.ts';
import type { Scalar, Tensor2D } from './tensor-types.ts';

/** A metric loss and its constants, named as the fields of an experiment; all that the loss has. */
export type LossSettings = { readonly name: LossName } & Readonly<Partial<Record<LossConstantField, number>>>;

/** With the mean cosines of positive and negative pairs; their definition depends on the loss. */
export type MetricLoss = PairAverages & { readonly loss: Scalar };

/**
 * The metric loss of raw embeddings [batch, dim], with its pair statistics (not differentiable). `layout` comes from
 * `layoutTensors(batchLayout(labels, settings.name, instances))`, which also refuses batches the loss cannot take;
 * `proxies` [training classes, dim] for a loss that learns some, else null.
 * Static shapes, nothing read back: the call can be recorded. A zero row gives NaN as in the reference.
 */
export function metricLoss(
  embeddings: Tensor2D,
  layout: LayoutTensors,
  settings: LossSettings,
  proxies: Tensor2D | null = null,
): MetricLoss {
  const unit = normaliseRows(embeddings);
  const cosines = tf.matMul<Tensor2D>(unit, unit, false, true);
  const masks = pairMasks(layout.classes);
  const input: LossInput = { embeddings, unit, cosines, masks, layout, proxies };
  const compute = metricLosses[settings.name] as MetricLossFunction<LossName>;
  const { name: _, ...constants } = settings;
  const result = compute(input, constants as Parameters<typeof compute>[1]);
  if ('loss' in result) return { loss: result.loss, ...result.averages };
  return { loss: result, ...pairCosines(cosines, masks) };
}
