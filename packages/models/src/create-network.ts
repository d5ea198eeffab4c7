import { convSmall } from './conv-small.ts';
import type { Network } from './network.ts';

export type NetworkOptions = {
  /** The name in an experiment's config. */
  readonly backbone: string;
  readonly imageSize: number;
  readonly embeddingDim: number;
  readonly needBn: boolean;
};

/** The network of that name. Throws RangeError for a name or size that this build does not have. */
export function createNetwork(options: NetworkOptions): Network {
  if (options.backbone === 'conv_small') return convSmall(options);
  throw new RangeError(`backbone "${options.backbone}" is not available in this build; there is conv_small`);
}
