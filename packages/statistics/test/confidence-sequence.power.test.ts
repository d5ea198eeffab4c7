import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { confidenceSequence, pairedDifference } from '../src/index.ts';
import { type Draws, seededDraws } from './draws.ts';

type Run = {
  readonly embedding_dim: number;
  readonly seed: number;
  readonly recall_at_1: number;
  readonly map_at_r: number;
};

/** Real runs, 16 seeds an arm; the file says how they were made. */
const { runs } = JSON.parse(readFileSync(new URL('./embedding-dim.runs.json', import.meta.url), 'utf8')) as {
  readonly runs: readonly Run[];
};
const alpha = 0.05;
const studies = 2_000;

function bySeed(dim: number, metric: 'recall_at_1' | 'map_at_r'): ReadonlyMap<number, number> {
  const arm = runs.filter(({ embedding_dim: size }) => size === dim);
  return new Map(arm.map((run) => [run.seed, run[metric]]));
}

/** Pairs until a simulated study decides for the larger embedding, sorted; Infinity where none of its pairs does. */
function pairsNeeded(mostPairs: number, drawPair: (draws: Draws) => number, count = studies): number[] {
  const draws = seededDraws(4);
  const needed = Array.from({ length: count }, () => {
    const points = confidenceSequence(
      Array.from({ length: mostPairs }, () => drawPair(draws)),
      alpha,
    );
    return points.find(({ evidence, low }) => evidence >= 1 / alpha && low > 0)?.n ?? Infinity;
  });
  return needed.sort((a, b) => a - b);
}

const differencesOf = (metric: 'recall_at_1' | 'map_at_r'): number[] => {
  const [large, small] = [bySeed(128, metric), bySeed(8, metric)];
  return [...large].map(([seed, value]) => value - (small.get(seed) as number));
};
const in95Of100 = Math.ceil(0.95 * studies) - 1;

describe('embedding_dim 128 against 8, drawn again from 16 real seeds of each', () => {
  test('has the effects of the table: two standard deviations of R@1, 0.6 of MAP@R', () => {
    for (const [metric, mean, sd] of [
      ['recall_at_1', 0.123, 0.063],
      ['map_at_r', 0.023, 0.038],
    ] as const) {
      const difference = pairedDifference(bySeed(128, metric), bySeed(8, metric));
      expect(difference).toMatchObject({ n: 16, verdict: 'higher' });
      expect(difference?.mean).toBeCloseTo(mean, 3);
      expect(difference?.sd).toBeCloseTo(sd, 2.5);
    }
  });

  test('is found by R@1 in 95 of 100 studies within 30 pairs: half of them need 6, 95 of 100 no more', () => {
    const differences = differencesOf('recall_at_1');
    const needed = pairsNeeded(30, ({ pick }) => pick(differences));
    expect([needed[studies / 2], needed[in95Of100]]).toEqual([6, 6]);
  });

  test('and where the two runs of a pair share nothing: 6, 11', () => {
    const [large, small] = [128, 8].map((dim) => [...bySeed(dim, 'recall_at_1').values()]) as [number[], number[]];
    const needed = pairsNeeded(30, ({ pick }) => pick(large) - pick(small));
    expect([needed[studies / 2], needed[in95Of100]]).toEqual([6, 11]);
  });

  test('and by MAP@R, of which the effect is a third as large: half need about 28 pairs, 95 of 100 about 58', () => {
    const differences = differencesOf('map_at_r');
    const needed = pairsNeeded(80, ({ pick }) => pick(differences), 400);
    expect(needed[200]).toBeGreaterThan(20);
    expect(needed[200]).toBeLessThan(36);
    expect(needed[380]).toBeLessThanOrEqual(80);
  });

  test('and is not found in more than a twentieth of studies where both arms are the same runs', () => {
    const small = [...bySeed(8, 'recall_at_1').values()];
    const needed = pairsNeeded(30, ({ pick }) => pick(small) - pick(small));
    expect(needed.filter((n) => n <= 30).length / studies).toBeLessThanOrEqual(alpha);
  });
});
