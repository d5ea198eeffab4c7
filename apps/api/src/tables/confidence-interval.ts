import type { Statistic } from './statistic.ts';

/** 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom. */
const quantiles = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604, 2.1448, 2.1314,
  2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
];

/**
 * 97.5 % quantile of Student's t: from the table, and beyond it by the expansion of Abramowitz and Stegun 26.7.5, whose
 * error is below 1e-5 there.
 * @param degrees whole number from 1 on
 */
export function tQuantile(degrees: number): number {
  const z = 1.959964;
  const first = (z ** 3 + z) / (4 * degrees);
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
  return quantiles[degrees - 1] ?? z + first + second;
}

/** 95 % confidence interval of the mean, [low, high]; null where one run says nothing of the spread. */
export function confidenceInterval({ n, mean, sd }: Statistic): readonly [number, number] | null {
  if (sd === null) return null;
  const half = (tQuantile(n - 1) * sd) / Math.sqrt(n);
  return [mean - half, mean + half];
}
