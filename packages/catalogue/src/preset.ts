import type { BackboneName } from './backbones.ts';
import type { LossName } from './losses.ts';
import type { OptimizerName } from './optimizers.ts';
import type { Regulariser } from './regulariser.ts';
import type { SourcedValue } from './sourced-value.ts';

/** Values that an experiment takes where its user gives none, each with where it comes from. */
export type PresetValues = {
  readonly [F in keyof PresetTypes]?: SourcedValue<PresetTypes[F]>;
};

type PresetTypes = {
  readonly sec_wei: number;
  readonly l2reg_wei: number;
  readonly norm_momentum: number;
  readonly sec_ramp: boolean;
  readonly backbone: BackboneName;
  readonly need_bn: boolean;
  readonly freeze_bn: boolean;
  readonly freeze_stages: number;
  readonly embedding_dim: number;
  readonly image_size: number;
  readonly weights: string;
  readonly batch_size: number;
  readonly instances: number;
  readonly optimizer: OptimizerName;
  readonly lr: number;
  readonly lr_p: number;
  readonly lr_gamma: number;
  readonly milestones: readonly number[];
  readonly weight_decay: number;
  readonly steps: number;
  readonly seed: number;
  readonly eval_every: number;
  readonly log_every: number;
  readonly checkpoint_every: number;
  readonly protocol: 'paper' | 'validation';
  readonly preset_policy: 'paper' | 'matched';
  readonly device: 'any' | 'cpu' | 'gpu';
  readonly name: string | null;
  readonly tags: readonly string[];
  readonly priority: number;
};

/** What a preset depends on beside its data set. */
export type PresetCell = {
  readonly loss: LossName;
  readonly regulariser: Regulariser;
  /** As the user gave it; the milestones of Cars follow from it. */
  readonly lrGamma: number | undefined;
  /** null: the data root is not at hand. */
  readonly trainingClasses: number | null;
};

export type Preset = (cell: PresetCell) => PresetValues;
