import { describe, expect, test } from 'vitest';
import { confidenceSequence, type SequencePoint } from '../src/index.ts';
import { type Draws, seededDraws } from './draws.ts';

const alpha = 0.05;
const studies = 10_000;
const shiftedStudies = 2_500;
const pairs = 30;
/** To which bounds are exact. */
const resolution = 1e-6;

function leavesZero(points: readonly SequencePoint[], by: number): boolean {
  return points.some(({ low, high }) => low > by || high < -by);
}

/** Differences of two equal arms: all symmetric about 0, none of them like the next. */
const noise: readonly (readonly [string, (draws: Draws) => number])[] = [
  ['normal', ({ normal }) => 0.01 * normal()],
  [
    "heavy-tailed: Student's t of 2 degrees, no variance",
    ({ normal }) => (0.01 * normal()) / Math.hypot(normal(), normal()),
  ],
  ['steps of one query of 776', ({ normal }) => Math.round(4 * normal()) / 776],
  ['steps of one query, half of them ties', ({ normal }) => Math.round(0.7 * normal()) / 776],
  [
    'mixed: one pair in five has twenty times the spread',
    ({ normal, uniform }) => (uniform() < 0.2 ? 0.1 : 0.005) * normal(),
  ],
];

describe('looking after each pair, up to 30, in 10,000 simulated studies', () => {
  test.each(noise)('decides on equal arms in no more than a twentieth of them: %s', (_name, draw) => {
    const draws = seededDraws(1);
    let decided = 0;
    for (let study = 0; study < studies; study += 1) {
      const points = confidenceSequence(
        Array.from({ length: pairs }, () => draw(draws)),
        alpha,
      );
      const byEvidence = points.some(({ evidence }) => evidence >= 1 / alpha);
      // Evidence decides when the interval leaves 0, but for the last digit of a bound.
      if (byEvidence !== leavesZero(points, byEvidence ? -resolution : 0)) throw new Error(`study ${study} disagrees`);
      if (byEvidence) decided += 1;
    }
    expect(decided / studies).toBeLessThanOrEqual(alpha);
    // Not for want of power: a test that never decides would pass as well.
    expect(decided).toBeGreaterThan(0);
  });

  test.each(noise)('misses the true effect at any n in no more than a twentieth of 2,500: %s', (_name, draw) => {
    const draws = seededDraws(2);
    const effect = 11 / 776;
    let missed = 0;
    for (let study = 0; study < shiftedStudies; study += 1) {
      const points = confidenceSequence(
        Array.from({ length: pairs }, () => effect + draw(draws)),
        alpha,
      );
      if (points.some(({ low, high }) => low > effect || high < effect)) missed += 1;
    }
    expect(missed / shiftedStudies).toBeLessThanOrEqual(alpha);
  });
});
