import type { Preset, PresetCell, PresetValues } from '../preset.ts';
import { from, ours } from '../sourced-value.ts';
import type { DatasetRecord } from './dataset-record.ts';
import { measures } from './measures.ts';
import { isPlainMultiSimilarity, paperPreset } from './paper-preset.ts';
import { recalls } from './recalls.ts';

/** Milestones by lr_gamma; for any other factor the reference sets none and fails at its first step. */
const milestonesOf = new Map([
  [0.1, from('config.py:56', [2000, 9000, 9000])],
  [0.5, from('config.py:58', [4000, 6000, 9000])],
]);

/** Factors for which Cars has milestones. */
export const carsLrGammas: readonly number[] = [...milestonesOf.keys()];

/** Cars196. Defaults of config.py:50-59, whatever the loss; the README has its own for plain multi-similarity. */
const preset: Preset = (cell) => {
  // The default of 0 cannot run. 0.1 is what the README gives for the one Cars command that it has, and what every
  // other data set uses.
  const milestones = milestonesOf.get(cell.lrGamma ?? 0.1);
  return {
    ...paperPreset(cell),
    lr: from('config.py:50', 1e-5),
    lr_p: from('config.py:51', 1e-5),
    lr_gamma: ours(0.1),
    ...(milestones === undefined ? {} : { milestones }),
    weight_decay: from('config.py:52', 0.0025),
    steps: from('config.py:59', 8000),
    eval_every: from('learner.py:79-81', 100),
    log_every: from('learner.py:79-81', 20),
    checkpoint_every: from('learner.py:79-81', 1000),
    ...readmeSettings(cell),
  };
};

function readmeSettings({ loss, regulariser, lrGamma }: PresetCell): PresetValues {
  if (!isPlainMultiSimilarity(loss, regulariser)) return {};
  const lr = { lr: from('readme', 2e-5), lr_p: from('readme', 2e-5), lr_gamma: from('readme', 0.1) };
  // The README's single milestone goes with its factor; another factor takes the milestones of config.py.
  return (lrGamma ?? 0.1) === 0.1 ? { ...lr, milestones: from('readme', [2000]) } : lr;
}

// Percent as published: NMI and F1 where given, then R@K.
const rows = `
  triplet none 56.66 24.44 60.79 71.30 79.47 86.27
  triplet l2reg 56.65 23.95 63.02 72.97 80.79 86.85
  triplet sec 59.17 25.51 67.89 78.56 85.59 90.99
  semihtriplet none 67.64 38.31 80.17 87.95 92.49 95.67
  semihtriplet l2reg 69.24 40.24 82.60 89.44 93.54 96.19
  semihtriplet sec 72.67 44.67 85.19 91.53 95.28 97.29
  n-npair none 68.07 37.83 78.59 87.22 92.88 95.94
  n-npair l2reg 69.20 39.13 81.87 88.85 93.47 96.54
  n-npair sec 70.61 42.12 82.29 89.60 94.26 97.07
  ms none 70.23 42.13 84.07 90.23 94.12 96.53
  ms l2reg 71.00 42.55 84.82 90.95 94.59 96.69
  ms sec 73.95 46.49 85.73 91.96 95.51 97.54
`;

export const cars = {
  title: 'Cars196',
  about: 'cars: 196 models, the first 98 for training',
  source: 'reference, split_train_test.py:23-35',
  otherNames: ['cars196', 'car196', 'stanfordcars', 'stanfordcars196', 'cars196dataset'],
  kind: 'paper',
  measures: measures.cars,
  preset,
  published: { metrics: ['nmi', 'f1', ...recalls(1, 2, 4, 8)], rows },
} as const satisfies DatasetRecord;
