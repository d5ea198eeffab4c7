import { maskedMean } from './masked-mean.ts';
import type { PairMasks } from './pair-masks.ts';
import type { Scalar, Tensor2D } from './tensor-types.ts';

/**
 * Mean cosine over all positive pairs (without a row and itself) and over all negative pairs: `cosines` [batch, batch].
 * NaN where there is no such pair. The multi-similarity loss has averages of its own.
 */
export function pairCosines(cosines: Tensor2D, { positive, negative }: PairMasks): { avgAp: Scalar; avgAn: Scalar } {
  return { avgAp: maskedMean(cosines, positive), avgAn: maskedMean(cosines, negative) };
}
