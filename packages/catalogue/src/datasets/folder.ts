import { losses } from '../losses.ts';
import type { Preset } from '../preset.ts';
import { ours } from '../sourced-value.ts';
import type { DatasetRecord } from './dataset-record.ts';
import { measures } from './measures.ts';

/** The reference's batch holds 120 images (config.py:16). */
const referenceBatchSize = 120;

/** A small network on any folder of images. Everything but the class-balanced batch is ours. */
export const folderPreset: Preset = ({ loss, trainingClasses }) => {
  const { instances } = losses[loss];
  const classesPerBatch = Math.floor(referenceBatchSize / instances.value);
  return {
    instances,
    batch_size: ours(instances.value * Math.min(classesPerBatch, trainingClasses ?? classesPerBatch)),
    lr: ours(2e-3),
    lr_p: ours(2e-3),
    lr_gamma: ours(0.1),
    milestones: ours([]),
    weight_decay: ours(1e-4),
    steps: ours(300),
    eval_every: ours(100),
    log_every: { value: 20, source: 'learner.py:79-81' },
    checkpoint_every: ours(100),
    backbone: ours('conv_small'),
    embedding_dim: ours(128),
    image_size: ours(64),
    weights: ours('random'),
  };
};

/** Any folder NAME/images/<class>/ under the data root. */
export const folder = {
  title: 'Folder',
  about: 'a folder of images under the data root, one folder a class; the first half of the classes for training',
  source: 'ours',
  otherNames: [],
  kind: 'folder',
  measures: measures.folder,
  preset: folderPreset,
} as const satisfies DatasetRecord;
