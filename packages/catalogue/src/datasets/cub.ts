import type { Preset, PresetCell, PresetValues } from '../preset.ts';
import { from } from '../sourced-value.ts';
import type { DatasetRecord } from './dataset-record.ts';
import { measures } from './measures.ts';
import { isPlainMultiSimilarity, paperPreset } from './paper-preset.ts';
import { recalls } from './recalls.ts';

/** CUB-200-2011. Defaults of config.py:37-47; the README has its own for triplet and for plain multi-similarity. */
const preset: Preset = (cell) => ({
  ...paperPreset(cell),
  lr: from('config.py:37', 1e-5),
  lr_p: from('config.py:38', 5e-6),
  lr_gamma: from('config.py:42', 0.1),
  // 9000 lies behind the last step: it is never reached, and stands here because the reference lists it.
  milestones: cell.loss === 'ms' ? from('config.py:44', [3000, 6000, 9000]) : from('config.py:46', [5000, 9000, 9000]),
  weight_decay: from('config.py:39', 0.0025),
  steps: from('config.py:47', 8000),
  eval_every: from('learner.py:79-81', 100),
  log_every: from('learner.py:79-81', 20),
  checkpoint_every: from('learner.py:79-81', 1000),
  ...readmeSettings(cell),
});

function readmeSettings({ loss, regulariser }: PresetCell): PresetValues {
  const lrGamma = { lr_gamma: from('readme', 0.1) };
  if (loss === 'triplet') return { lr: from('readme', 0.5e-5), lr_p: from('readme', 0.25e-5), ...lrGamma };
  if (!isPlainMultiSimilarity(loss, regulariser)) return {};
  const lr = { lr: from('readme', 1e-5), lr_p: from('readme', 5e-6) };
  return { ...lr, ...lrGamma, milestones: from('readme', [3000, 6000]) };
}

// Percent as published: NMI and F1 where given, then R@K.
const rows = `
  triplet none 59.85 23.39 53.34 65.60 76.30 84.98
  triplet l2reg 60.11 24.03 54.81 66.21 76.87 84.91
  triplet sec 64.24 30.83 60.82 71.61 81.40 88.86
  semihtriplet none 69.66 40.30 65.31 76.45 84.71 90.99
  semihtriplet l2reg 70.50 41.39 65.60 76.81 84.89 90.82
  semihtriplet sec 71.62 42.05 67.35 78.73 86.63 91.90
  n-npair none 69.58 40.23 61.36 74.36 83.81 89.94
  n-npair l2reg 69.73 40.08 64.58 76.03 84.74 91.12
  n-npair sec 72.24 43.21 66.00 77.23 86.01 91.83
  ms none 70.57 40.70 66.14 77.03 85.43 91.26
  ms l2reg 70.89 41.71 65.67 76.98 85.21 91.19
  ms sec 72.85 44.82 68.79 79.42 87.20 92.49
`;

export const cub = {
  title: 'CUB-200-2011',
  about: 'birds: 200 species, the first 100 for training',
  source: 'reference, split_train_test.py:4-20',
  otherNames: ['cub200', 'cub2002011', 'cub2011', 'cubbirds', 'cub200birds', 'caltechucsdbirds2002011'],
  kind: 'paper',
  measures: measures.cub,
  preset,
  published: { metrics: ['nmi', 'f1', ...recalls(1, 2, 4, 8)], rows },
} as const satisfies DatasetRecord;
