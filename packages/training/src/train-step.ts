import type { LossSettings, Objective } from '@spherelab/losses';
import type { Network } from '@spherelab/models';
import type { OptimizerSettings } from './optimizers/optimizer-of.ts';
import type { LearningRates } from './parameter-groups.ts';

export type TrainStepOptions = {
  readonly network: Network;
  readonly loss: LossSettings;
  /** Rows of each class in a batch. */
  readonly instances: number;
  readonly secWei: number;
  readonly l2regWei: number;
  /** Momentum of the running mean norm; 1 is the mean of the batch alone. */
  readonly normMomentum: number;
  /** Last step of the run, where the weight of SEC grows from 0 at step 0 to `secWei` there; null: it is `secWei` throughout. */
  readonly secRampSteps: number | null;
  readonly optimizer: OptimizerSettings;
  readonly weightDecay: number;
  /** Whether the backbone's batch norms (group `backbone-bn`) are left out of training. */
  readonly freezeBn: boolean;
};

/** Names of the step's scalars, in the order in which they are read back. */
export const stepScalarNames = [
  'loss_total',
  'loss_metric',
  'loss_sec',
  'loss_l2reg',
  'norm_mean',
  'norm_var',
  'record_norm_mean',
  'avg_ap',
  'avg_an',
] as const satisfies readonly (keyof Objective)[];

/** Scalars of the forward pass before the update, named as the metrics. */
export type StepScalars = Readonly<Record<(typeof stepScalarNames)[number], number>>;

/** What a network takes, [batch, ...inputShape], row-major: pixels 0..255 as bytes, or float32. */
export type StepInput = Uint8Array | Float32Array;

export type StepBatch = {
  readonly input: StepInput;
  /** [batch] */
  readonly labels: Int32Array;
};

export type StepRates = LearningRates & { readonly step: number };

export type TrainStep = {
  /** One update. Throws, before anything is changed, BatchCompositionError, or RangeError for a first step other than 0. */
  readonly run: (batch: StepBatch, at: StepRates) => StepScalars;
  /** Raw embeddings [batch, dim] in eval mode, row-major. */
  readonly embed: (input: StepInput) => Float32Array;
  /** The same with the backbone's features [batch, channels] that the embeddings are made of. */
  readonly embedWithFeatures: (input: StepInput) => {
    readonly embeddings: Float32Array;
    readonly features: Float32Array;
  };
  /** Everything a step carries to the next one, always with the same keys in the same order. */
  readonly readState: () => Map<string, Float32Array>;
  /** Replaces the whole state. Throws RangeError naming the key that does not fit; nothing is changed then. */
  readonly writeState: (state: ReadonlyMap<string, Float32Array>) => void;
  readonly dispose: () => void;
};

/**
 * Quirk of the reference, kept: the record of the norms is set at step 0 and not at the first use, so a run that begins
 * elsewhere has none. Throws RangeError.
 */
export function checkFirstStep(step: number, updates: number): void {
  if (step === 0 || updates > 0) return;
  throw new RangeError(`step ${step} cannot be the first: training begins at step 0 or from a written state`);
}

/** The weight of SEC at a step: its own, or what of it the ramp says. */
export function secWeightAt(step: number, options: Pick<TrainStepOptions, 'secWei' | 'secRampSteps'>): number {
  const { secWei, secRampSteps } = options;
  return secRampSteps === null ? secWei : secWei * Math.min(1, step / secRampSteps);
}
