import type { StateMap, Tensor, Tensor4D, TensorSpec } from './network.ts';

/** Sees activations by name: what the golden tests compare. */
export type Observer = (name: string, activation: Tensor) => void;

/** What a stage is computed with. */
export type Pass = {
  readonly state: StateMap;
  /** Whether batch norms use the batch's statistics; otherwise they use the running ones. */
  readonly onBatch: boolean;
  /** Takes the new values of running statistics. */
  readonly changed: Map<string, Tensor>;
  readonly observe: Observer;
};

/** Consecutive layers of a backbone that are trained or frozen together. */
export type Stage = {
  readonly name: string;
  /** In torch's order, groups as if the stage were trained. */
  readonly specs: readonly TensorSpec[];
  readonly outputShape: readonly [height: number, width: number, channels: number];
  /** [batch, h, w, c] -> [batch, ...outputShape] */
  readonly forward: (pass: Pass, input: Tensor4D) => Tensor4D;
};

/** Everything of a network before its head. */
export type Backbone = {
  readonly name: string;
  readonly inputShape: readonly [height: number, width: number, channels: number];
  /** Channels of the last stage's output. */
  readonly channels: number;
  /** RGB pixels 0..255 of any number type [batch, ...inputShape] -> float32 as the first stage takes them. */
  readonly preprocess: (pixels: Tensor) => Tensor4D;
  readonly stages: readonly Stage[];
};

/** The stages one after the other. */
export function runStages(stages: readonly Stage[], pass: Pass, input: Tensor4D): Tensor4D {
  return stages.reduce((features, stage) => stage.forward(pass, features), input);
}
