import type { Network } from './network.ts';
import { frozenFeatures, networkParts, trainedForward } from './network-parts.ts';

export type NetworkOptions = {
  /** The name in an experiment's config. */
  readonly backbone: string;
  readonly imageSize: number;
  readonly embeddingDim: number;
  readonly needBn: boolean;
  /** Whether the backbone's batch norms stay on their running statistics in training; conv_small has none. */
  readonly freezeBn: boolean;
  /** How many of the first stages are never trained; 0 where it is absent. */
  readonly freezeStages?: number;
  /** Rows of `loss.proxies`, one for each training class; none where it is absent. */
  readonly proxies?: number;
};

/**
 * The network of that name, from pixels to embeddings: the backbone, then the reference's head, average pool, batch norm
 * (if `needBn`) and a linear layer. Input: RGB pixels 0..255 [batch, imageSize, imageSize, 3], int32 or float32. Every
 * tensor has torch's state-dict key. Throws RangeError for a name, size or number of stages that this build does not
 * have.
 */
export function createNetwork(options: NetworkOptions): Network {
  const parts = networkParts(options);
  return {
    name: parts.backbone.name,
    inputShape: parts.backbone.inputShape,
    specs: parts.specs,
    forward: (state, pixels, training) => trainedForward(parts, state, frozenFeatures(parts, state, pixels), training),
  };
}
