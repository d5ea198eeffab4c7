import { describe, expect, it } from 'vitest';
import { ticksBetween } from '../src/scales/ticks-between.ts';
import {
  differenceDomain,
  evidenceDomain,
  lastPair,
  pairTicks,
  place,
  shownInterval,
} from '../src/studies/sequence-scale.ts';

const point = (n: number, mean: number, low: number | null, high: number | null, evidence = 1) => ({
  n,
  mean,
  low,
  high,
  evidence,
});

describe('the scales of a study', () => {
  it('hold 0, the smallest gain, every mean and the interval of now, whatever the first intervals were', () => {
    const sequence = [point(1, 0.09, null, null), point(2, 0.05, -5, 5), point(3, 0.04, -0.02, 0.1)];
    const { low, high } = differenceDomain(sequence, 0.01);
    expect(low).toBeLessThan(-0.02);
    expect(high).toBeGreaterThan(0.1);
    expect(high).toBeLessThan(0.2);
    const nothing = differenceDomain([], 0);
    expect(nothing.low).toBeLessThan(0);
    expect(nothing.high).toBeGreaterThan(0);
    expect(differenceDomain([point(1, 0, 0, 0)], 0).high).toBeGreaterThan(0);
  });

  it('draw an end that has no bound, or none in the picture, as open', () => {
    const domain = { low: -0.1, high: 0.1 };
    expect(shownInterval({ low: null, high: 0.05 }, domain)).toEqual({
      low: -0.1,
      high: 0.05,
      isLowOpen: true,
      isHighOpen: false,
    });
    expect(shownInterval({ low: -5, high: null }, domain)).toMatchObject({ low: -0.1, high: 0.1, isLowOpen: true });
    const y = place(domain, 200, 0);
    expect([y(-0.1), y(0), y(0.1), y(7)]).toEqual([200, 100, 0, 0]);
  });

  it('show evidence by its logarithm, with 1 and what decides always in sight', () => {
    for (const evidence of [0, 0.4, 3, 1e9]) {
      const { low, high } = evidenceDomain([point(1, 0, null, null, evidence)], 20);
      expect(low).toBeLessThan(0);
      expect(high).toBeGreaterThan(Math.log10(20));
      expect(high).toBeGreaterThan(Math.log10(Math.max(evidence, 0.1)));
    }
  });

  it('have room for six pairs and number as many as fit', () => {
    expect(lastPair([])).toBe(6);
    expect(lastPair(Array.from({ length: 9 }, (_, at) => point(at + 1, 0, null, null)))).toBe(9);
    expect(pairTicks(6, 8)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(pairTicks(12, 8)).toEqual([1, 2, 4, 6, 8, 10, 12]);
    expect(pairTicks(200, 8)).toEqual([1, 50, 100, 150, 200]);
  });

  it('have ticks at round numbers within the domain', () => {
    expect(ticksBetween(-2.3, 5.2, 5)).toEqual([-2, 0, 2, 4]);
    expect(ticksBetween(0.07, 0.31)).toEqual([0.1, 0.15, 0.2, 0.25, 0.3]);
  });
});
