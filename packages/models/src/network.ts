import type { tf } from '@spherelab/tensorflow';

export type Tensor = InstanceType<typeof tf.Tensor>;
export type Tensor2D = ReturnType<typeof tf.tensor2d>;
export type Tensor4D = ReturnType<typeof tf.tensor4d>;

/**
 * Decides the learning rate (`backbone*`: lr_p, `head*`: lr) and the weight decay (none for `*-bn`). `frozen` is never
 * trained: parameters and running statistics of the first stages; `proxies` belong to a loss.
 */
export type ParameterGroup = 'frozen' | 'backbone' | 'backbone-bn' | 'head' | 'head-bn' | 'proxies';

/** One stored tensor of a network: its checkpoint key, shape and how it starts. */
export type TensorSpec = {
  /** Torch state-dict key, for example `head.fc.weight`. */
  readonly name: string;
  /** Linear weights are [out, in] as in torch; convolution weights are HWIO as in TensorFlow. */
  readonly shape: readonly number[];
  readonly role: 'parameter' | 'running-statistic';
  readonly group: ParameterGroup;
  /** `uniform`: U(-bound, bound); `normal`: N(0, std^2); both counter-based from the seed and the name. */
  readonly init: 'zeros' | 'ones' | { readonly uniform: number } | { readonly normal: number };
};

/** Every `TensorSpec` name to its tensor. */
export type StateMap = ReadonlyMap<string, Tensor>;

export type ForwardResult = {
  /** [batch, embedding_dim], raw (not normalised). */
  readonly embeddings: Tensor2D;
  /** [batch, channels], what the head is given: the backbone's features, averaged over the picture. */
  readonly pooled: Tensor2D;
  /** New values of the running statistics that this pass changed; empty outside training. */
  readonly runningStatistics: StateMap;
};

/**
 * A network as data and one pure function, so that a step can be traced: state is an explicit map, shapes are static,
 * and nothing is read back from the device.
 */
export type Network = {
  readonly name: string;
  /** Without the batch dimension, for example [64, 64, 3]. */
  readonly inputShape: readonly number[];
  /** In checkpoint-key order. */
  readonly specs: readonly TensorSpec[];
  readonly forward: (state: StateMap, input: Tensor, training: boolean) => ForwardResult;
};
