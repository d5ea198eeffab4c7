import { type LossName, lossNames } from './loss-constants.ts';
import { type PaperDataset, paperDatasets } from './paper-datasets.ts';
import { type Regulariser, regularisers } from './regulariser.ts';

/** One row of the published table; metrics by the API's names, fractions 0..1. */
export type PaperResult = {
  readonly dataset: PaperDataset;
  readonly loss: LossName;
  readonly regulariser: Regulariser;
  readonly metrics: Readonly<Record<string, number>>;
};

const columns: Readonly<Record<PaperDataset, readonly string[]>> = {
  cub: ['nmi', 'f1', ...recalls(1, 2, 4, 8)],
  cars: ['nmi', 'f1', ...recalls(1, 2, 4, 8)],
  sop: ['nmi', 'f1', ...recalls(1, 10, 100, 1000)],
  inshop: recalls(1, 10, 20, 30, 40, 50),
};

// Percent as published: NMI and F1 (not for In-Shop), then R@K.
const published = `
  cub triplet none 59.85 23.39 53.34 65.60 76.30 84.98
  cub triplet l2reg 60.11 24.03 54.81 66.21 76.87 84.91
  cub triplet sec 64.24 30.83 60.82 71.61 81.40 88.86
  cub semihtriplet none 69.66 40.30 65.31 76.45 84.71 90.99
  cub semihtriplet l2reg 70.50 41.39 65.60 76.81 84.89 90.82
  cub semihtriplet sec 71.62 42.05 67.35 78.73 86.63 91.90
  cub n-npair none 69.58 40.23 61.36 74.36 83.81 89.94
  cub n-npair l2reg 69.73 40.08 64.58 76.03 84.74 91.12
  cub n-npair sec 72.24 43.21 66.00 77.23 86.01 91.83
  cub ms none 70.57 40.70 66.14 77.03 85.43 91.26
  cub ms l2reg 70.89 41.71 65.67 76.98 85.21 91.19
  cub ms sec 72.85 44.82 68.79 79.42 87.20 92.49
  cars triplet none 56.66 24.44 60.79 71.30 79.47 86.27
  cars triplet l2reg 56.65 23.95 63.02 72.97 80.79 86.85
  cars triplet sec 59.17 25.51 67.89 78.56 85.59 90.99
  cars semihtriplet none 67.64 38.31 80.17 87.95 92.49 95.67
  cars semihtriplet l2reg 69.24 40.24 82.60 89.44 93.54 96.19
  cars semihtriplet sec 72.67 44.67 85.19 91.53 95.28 97.29
  cars n-npair none 68.07 37.83 78.59 87.22 92.88 95.94
  cars n-npair l2reg 69.20 39.13 81.87 88.85 93.47 96.54
  cars n-npair sec 70.61 42.12 82.29 89.60 94.26 97.07
  cars ms none 70.23 42.13 84.07 90.23 94.12 96.53
  cars ms l2reg 71.00 42.55 84.82 90.95 94.59 96.69
  cars ms sec 73.95 46.49 85.73 91.96 95.51 97.54
  sop triplet none 88.67 29.61 62.69 80.39 91.89 97.86
  sop triplet l2reg 88.93 30.91 64.07 81.27 92.18 97.93
  sop triplet sec 89.68 34.29 68.86 83.76 92.93 98.00
  sop semihtriplet none 91.16 41.89 74.46 88.16 95.21 98.59
  sop semihtriplet l2reg 91.16 41.77 74.88 88.25 95.18 98.53
  sop semihtriplet sec 91.72 44.90 77.59 90.12 96.04 98.80
  sop n-npair none 90.97 41.21 74.30 87.81 95.12 98.55
  sop n-npair l2reg 91.12 41.73 75.11 88.42 95.15 98.53
  sop n-npair sec 91.49 43.75 76.89 89.64 95.77 98.68
  sop ms none 91.42 43.33 76.29 89.38 95.58 98.58
  sop ms l2reg 91.65 44.51 77.34 89.61 95.67 98.65
  sop ms sec 91.89 46.04 78.67 90.77 96.15 98.76
  inshop triplet none 82.12 95.18 96.83 97.54 97.95 98.26
  inshop triplet l2reg 83.01 95.46 96.85 97.45 97.94 98.28
  inshop triplet sec 85.29 96.29 97.48 97.99 98.34 98.57
  inshop semihtriplet none 87.16 97.11 98.17 98.54 98.76 98.98
  inshop semihtriplet l2reg 88.04 97.39 98.24 98.65 98.83 98.99
  inshop semihtriplet sec 89.68 97.95 98.61 98.94 99.09 99.21
  inshop n-npair none 86.43 96.99 98.00 98.40 98.70 98.93
  inshop n-npair l2reg 86.54 96.98 98.06 98.52 98.73 98.85
  inshop n-npair sec 88.63 97.60 98.45 98.77 99.01 99.14
  inshop ms none 88.11 97.55 98.34 98.76 98.94 99.09
  inshop ms l2reg 88.51 97.59 98.50 98.84 99.03 99.12
  inshop ms sec 89.87 97.94 98.80 99.06 99.24 99.35
`;

/** The published table (arXiv 2011.02785): 48 rows in its order. */
export const paperResults: readonly PaperResult[] = published
  .trim()
  .split('\n')
  .map((line) => {
    const [dataset, loss, regulariser, ...percents] = line.trim().split(' ');
    const name = oneOf(paperDatasets, dataset);
    const metrics = Object.fromEntries(columns[name].map((metric, at) => [metric, fraction(percents[at])]));
    return { dataset: name, loss: oneOf(lossNames, loss), regulariser: oneOf(regularisers, regulariser), metrics };
  });

/** Percent with two decimals -> the nearest fraction, so that 60.11 is 0.6011 and no neighbour of it. */
function fraction(percent: string | undefined): number {
  return Math.round(Number(percent) * 100) / 10_000;
}

function recalls(...ks: readonly number[]): string[] {
  return ks.map((k) => `recall_at_${k}`);
}

function oneOf<T extends string>(names: readonly T[], name: string | undefined): T {
  const known = names.find((one) => one === name);
  if (known === undefined) throw new Error(`the published table has no ${name}`);
  return known;
}
