import { createNetwork, type NetworkOptions } from './create-network.ts';
import { embeddingHead, pooledFeatures } from './embedding-head.ts';
import type { Network, StateMap, Tensor, Tensor2D, Tensor4D, TensorSpec } from './network.ts';
import { frozenFeatures, frozenSpecs, networkParts, trainedForward } from './network-parts.ts';

/** The part of a network that training leaves as it is. */
export type FrozenStages = {
  /** Of the pixels, without the batch dimension. */
  readonly inputShape: readonly number[];
  /** Behind the last frozen stage [h, w, c]; where no stage is trained, of the pooled features [c]. */
  readonly outputShape: readonly number[];
  readonly specs: readonly TensorSpec[];
  /** RGB pixels 0..255 of any number type [batch, ...inputShape] -> float32 [batch, ...outputShape] */
  readonly forward: (state: StateMap, pixels: Tensor) => Tensor;
};

export type SplitNetwork = {
  /** Null where every stage is trained. */
  readonly frozen: FrozenStages | null;
  /** Takes what `frozen` gives. Its specs are those of the whole network, so that checkpoints hold all of it. */
  readonly trained: Network;
};

/**
 * The network of that name in two, so that what never changes is computed once for each picture. Composed, the two give
 * the bits of `createNetwork`. Throws RangeError as that does.
 */
export function splitNetwork(options: NetworkOptions): SplitNetwork {
  const parts = networkParts(options);
  const { backbone, frozen, trained, specs } = parts;
  const last = frozen.at(-1);
  if (last === undefined) return { frozen: null, trained: createNetwork(options) };
  const isAll = trained.length === 0;
  const outputShape = isAll ? [backbone.channels] : last.outputShape;
  return {
    frozen: {
      inputShape: backbone.inputShape,
      outputShape,
      specs: frozenSpecs(frozen),
      forward: (state, pixels) => {
        const features = frozenFeatures(parts, state, pixels);
        return isAll ? pooledFeatures(features) : features;
      },
    },
    trained: {
      name: backbone.name,
      inputShape: outputShape,
      specs,
      forward: (state, input, training) =>
        isAll
          ? embeddingHead(state, input as Tensor2D, training, options.needBn)
          : trainedForward(parts, state, input as Tensor4D, training),
    },
  };
}
