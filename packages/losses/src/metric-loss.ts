import { tf } from '@spherelab/tensorflow';
import type { LayoutTensors } from './batch-layout.ts';
import type { LossSettings } from './loss-settings.ts';
import { multiSimilarityAverages, multiSimilarityLoss } from './multi-similarity.ts';
import { nPairLoss } from './n-pair.ts';
import { pairCosines } from './pair-cosines.ts';
import { type PairMasks, pairMasks } from './pair-masks.ts';
import { normaliseRows } from './row-norms.ts';
import { semihardTripletLoss } from './semihard-triplet.ts';
import { squaredDistances } from './squared-distances.ts';
import type { Scalar, Tensor2D } from './tensor-types.ts';
import { tripletLoss } from './triplet.ts';

export type MetricLoss = {
  readonly loss: Scalar;
  /** Mean cosine of positive pairs; the definition depends on the loss. */
  readonly avgAp: Scalar;
  /** Mean cosine of negative pairs. */
  readonly avgAn: Scalar;
};

type Rows = { readonly unit: Tensor2D; readonly cosines: Tensor2D; readonly masks: PairMasks };

function lossOf({ unit, cosines, masks }: Rows, layout: LayoutTensors, settings: LossSettings): Scalar {
  switch (settings.name) {
    case 'triplet':
      return tripletLoss(squaredDistances(unit, cosines), masks, layout, settings);
    case 'semihtriplet':
      return semihardTripletLoss(squaredDistances(unit, cosines), masks, layout, settings);
    case 'n-npair':
      return nPairLoss(unit, layout, settings);
    case 'ms':
      return multiSimilarityLoss(cosines, masks, settings);
  }
}

/**
 * The metric loss of raw embeddings [batch, dim], with its pair statistics (not differentiable). `layout` comes from
 * `layoutTensors(batchLayout(labels, settings.name, instances))`, which also refuses batches the loss cannot take.
 * Static shapes, nothing read back: the call can be traced. A zero row gives NaN as in the reference.
 */
export function metricLoss(embeddings: Tensor2D, layout: LayoutTensors, settings: LossSettings): MetricLoss {
  const unit = normaliseRows(embeddings);
  const cosines = tf.matMul<Tensor2D>(unit, unit, false, true);
  const masks = pairMasks(layout.classes);
  const averages = settings.name === 'ms' ? multiSimilarityAverages(cosines, masks) : pairCosines(cosines, masks);
  return { loss: lossOf({ unit, cosines, masks }, layout, settings), ...averages };
}
