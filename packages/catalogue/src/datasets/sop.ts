import type { Preset } from '../preset.ts';
import { from } from '../sourced-value.ts';
import type { DatasetRecord } from './dataset-record.ts';
import { measures } from './measures.ts';
import { paperPreset } from './paper-preset.ts';
import { recalls } from './recalls.ts';

/** Stanford Online Products: config.py:62-69, whatever the loss. */
const preset: Preset = (cell) => ({
  ...paperPreset(cell),
  lr: from('config.py:62', 2.5e-4),
  lr_p: from('config.py:63', 5e-5),
  lr_gamma: from('config.py:67', 0.1),
  // Only 6000 lies within the run.
  milestones: from('config.py:68', [6000, 18000, 35000]),
  weight_decay: from('config.py:64', 1e-5),
  steps: from('config.py:69', 12000),
  eval_every: from('learner.py:87-89', 500),
  log_every: from('learner.py:87-89', 20),
  checkpoint_every: from('learner.py:87-89', 2000),
});

// Percent as published: NMI and F1 where given, then R@K.
const rows = `
  triplet none 88.67 29.61 62.69 80.39 91.89 97.86
  triplet l2reg 88.93 30.91 64.07 81.27 92.18 97.93
  triplet sec 89.68 34.29 68.86 83.76 92.93 98.00
  semihtriplet none 91.16 41.89 74.46 88.16 95.21 98.59
  semihtriplet l2reg 91.16 41.77 74.88 88.25 95.18 98.53
  semihtriplet sec 91.72 44.90 77.59 90.12 96.04 98.80
  n-npair none 90.97 41.21 74.30 87.81 95.12 98.55
  n-npair l2reg 91.12 41.73 75.11 88.42 95.15 98.53
  n-npair sec 91.49 43.75 76.89 89.64 95.77 98.68
  ms none 91.42 43.33 76.29 89.38 95.58 98.58
  ms l2reg 91.65 44.51 77.34 89.61 95.67 98.65
  ms sec 91.89 46.04 78.67 90.77 96.15 98.76
`;

export const sop = {
  title: 'Stanford Online Products',
  about: 'products from an auction site: 22,634 classes of about five pictures each',
  source: 'reference, split_train_test.py:38-59',
  otherNames: ['stanfordonlineproducts', 'onlineproducts', 'standfordonlineproducts'],
  kind: 'paper',
  measures: measures.sop,
  preset,
  published: { metrics: ['nmi', 'f1', ...recalls(1, 10, 100, 1000)], rows },
} as const satisfies DatasetRecord;
