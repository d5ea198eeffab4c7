import type { LossConstantsOf, LossName } from '@spherelab/catalogue';
import type { LayoutTensors } from './batch-layout.ts';
import type { PairMasks } from './pair-masks.ts';
import type { Scalar, Tensor2D } from './tensor-types.ts';

/** What a metric loss is computed from. */
export type LossInput = {
  /** [batch, dim], as the network gives them. */
  readonly embeddings: Tensor2D;
  /** [batch, dim], rows of length 1; a zero row is NaN. */
  readonly unit: Tensor2D;
  /** [batch, batch], inner products of `unit`. */
  readonly cosines: Tensor2D;
  readonly masks: PairMasks;
  readonly layout: LayoutTensors;
  /** [training classes, dim], learned vectors as they are stored; null for a loss that has none. */
  readonly proxies: Tensor2D | null;
};

/** Mean cosines of positive and negative pairs. */
export type PairAverages = { readonly avgAp: Scalar; readonly avgAn: Scalar };

/**
 * The formula of one loss of the catalogue: static shapes, masks instead of branches, nothing read back, so that it can be
 * recorded. A loss that the reference measures other averages for gives them too.
 */
export type MetricLossFunction<L extends LossName> = (
  input: LossInput,
  constants: LossConstantsOf<L>,
) => Scalar | { readonly loss: Scalar; readonly averages: PairAverages };
