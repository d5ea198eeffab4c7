import type { Comparison } from './study-text.ts';

type Point = Comparison['sequence'][number];
export type Domain = { readonly low: number; readonly high: number };

/** So many pairs have room from the start: fewer decide nothing at the usual risk. */
const fewestPairs = 6;

/** Numbers of the pairs that are drawn: 1 to this. */
export function lastPair(sequence: readonly Point[]): number {
  return Math.max(fewestPairs, sequence.length);
}

/**
 * What the axis of differences shows: 0, the smallest gain that counts, every mean, and the interval as it is now. Intervals of the
 * first pairs are wider than anything else and may run out of the picture.
 */
export function differenceDomain(sequence: readonly Point[], minEffect: number): Domain {
  const last = sequence.at(-1);
  const shown = [0, minEffect, ...sequence.map(({ mean }) => mean), last?.low ?? 0, last?.high ?? 0];
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const room = Math.max(0.3 * (high - low), 0.005);
  return { low: low - room, high: high + room };
}

/** Evidence is drawn by its logarithm, from a tenth at least, so that a line of 1 and what decides are always in the picture. */
export function evidenceDomain(sequence: readonly Point[], threshold: number): Domain {
  const logs = sequence.map(({ evidence }) => Math.log10(Math.max(evidence, 0.1)));
  return { low: Math.min(-0.3, ...logs) - 0.1, high: Math.max(Math.log10(threshold), ...logs) + 0.25 };
}

/** Where a value lies between two ends of a picture; what lies outside the domain lies at its end. */
export function place({ low, high }: Domain, from: number, to: number): (value: number) => number {
  return (value) => from + ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * (to - from);
}

/** The ends of an interval in the picture; an end is open where there is no bound, or none within it. */
export function shownInterval({ low, high }: Pick<Point, 'low' | 'high'>, domain: Domain) {
  return {
    low: Math.max(low ?? domain.low, domain.low),
    high: Math.min(high ?? domain.high, domain.high),
    isLowOpen: low === null || low < domain.low,
    isHighOpen: high === null || high > domain.high,
  };
}

/** Numbers of pairs along the axis, at most so many, the first and whole steps of it. */
export function pairTicks(last: number, most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((candidate) => last / candidate <= most) ?? last;
  const ticks = Array.from({ length: Math.floor(last / step) }, (_, at) => (at + 1) * step);
  return step === 1 ? ticks : [1, ...ticks];
}
