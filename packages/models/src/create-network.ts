import { bnInception } from './bn-inception.ts';
import { convSmall } from './conv-small.ts';
import type { Network } from './network.ts';

export type NetworkOptions = {
  /** The name in an experiment's config. */
  readonly backbone: string;
  readonly imageSize: number;
  readonly embeddingDim: number;
  readonly needBn: boolean;
  /** Whether the backbone's batch norms stay on their running statistics in training; conv_small has none. */
  readonly freezeBn: boolean;
};

/** The network of that name. Throws RangeError for a name or size that this build does not have. */
export function createNetwork(options: NetworkOptions): Network {
  if (options.backbone === 'conv_small') return convSmall(options);
  if (options.backbone === 'bn_inception') return bnInception(options);
  throw new RangeError(`there is no backbone "${options.backbone}"; there are bn_inception and conv_small`);
}
