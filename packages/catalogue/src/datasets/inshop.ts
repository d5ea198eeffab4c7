import type { Preset } from '../preset.ts';
import { from } from '../sourced-value.ts';
import type { DatasetRecord } from './dataset-record.ts';
import { measures } from './measures.ts';
import { paperPreset } from './paper-preset.ts';
import { recalls } from './recalls.ts';

/** In-Shop Clothes Retrieval: config.py:72-79, whatever the loss. */
const preset: Preset = (cell) => ({
  ...paperPreset(cell),
  lr: from('config.py:72', 5e-4),
  lr_p: from('config.py:73', 1e-4),
  lr_gamma: from('config.py:77', 0.1),
  // Only 6000 lies within the run.
  milestones: from('config.py:78', [6000, 18000, 35000]),
  weight_decay: from('config.py:74', 1e-5),
  steps: from('config.py:79', 12000),
  eval_every: from('learner.py:83-85', 200),
  log_every: from('learner.py:83-85', 20),
  checkpoint_every: from('learner.py:83-85', 2000),
});

// Percent as published: NMI and F1 where given, then R@K.
const rows = `
  triplet none 82.12 95.18 96.83 97.54 97.95 98.26
  triplet l2reg 83.01 95.46 96.85 97.45 97.94 98.28
  triplet sec 85.29 96.29 97.48 97.99 98.34 98.57
  semihtriplet none 87.16 97.11 98.17 98.54 98.76 98.98
  semihtriplet l2reg 88.04 97.39 98.24 98.65 98.83 98.99
  semihtriplet sec 89.68 97.95 98.61 98.94 99.09 99.21
  n-npair none 86.43 96.99 98.00 98.40 98.70 98.93
  n-npair l2reg 86.54 96.98 98.06 98.52 98.73 98.85
  n-npair sec 88.63 97.60 98.45 98.77 99.01 99.14
  ms none 88.11 97.55 98.34 98.76 98.94 99.09
  ms l2reg 88.51 97.59 98.50 98.84 99.03 99.12
  ms sec 89.87 97.94 98.80 99.06 99.24 99.35
`;

export const inshop = {
  title: 'In-Shop',
  about: 'clothes: 7,982 items, the test items divided into queries and a gallery',
  source: 'reference, split_train_test.py:62-104',
  otherNames: ['inshop', 'inshopclothes', 'inshopclothesretrieval', 'deepfashion', 'deepfashioninshop'],
  kind: 'paper',
  measures: measures.inshop,
  preset,
  published: { metrics: recalls(1, 10, 20, 30, 40, 50), rows },
} as const satisfies DatasetRecord;
