// Made by scripts/generate-registries.mjs from the records of packages/catalogue.
import type { LossName } from '@spherelab/catalogue';
import type { MetricLossFunction } from '../metric-loss-function.ts';
import { arcfaceLoss } from './arcface.ts';
import { circleLoss } from './circle.ts';
import { contrastiveLoss } from './contrastive.ts';
import { multiSimilarityLoss } from './multi-similarity.ts';
import { nPairLoss } from './n-pair.ts';
import { proxyAnchorLoss } from './proxy-anchor.ts';
import { semihardTripletLoss } from './semihard-triplet.ts';
import { supconLoss } from './supcon.ts';
import { tripletLoss } from './triplet.ts';

/** Every loss of the catalogue by its name. */
export const metricLosses: { readonly [L in LossName]: MetricLossFunction<L> } = {
  triplet: tripletLoss,
  semihtriplet: semihardTripletLoss,
  'n-npair': nPairLoss,
  ms: multiSimilarityLoss,
  contrastive: contrastiveLoss,
  supcon: supconLoss,
  circle: circleLoss,
  proxy_anchor: proxyAnchorLoss,
  arcface: arcfaceLoss,
};
