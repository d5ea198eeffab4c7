import { describe, expect, it } from 'vitest';
import { baselinesOf, belowBaseline } from '../src/experiment/baselines.ts';

const scores = (recall: number) => ({ step: 0, metrics: { recall_at_1: recall } });
const random = { untrained: scores(0.114), colour_histogram: scores(0.032) };

describe('what a result stands beside', () => {
  it('is the untrained network and colours, or pretrained features and what training began with', () => {
    expect(baselinesOf({ baselines: random })).toEqual([
      { name: 'untrained network', recall: 0.114 },
      { name: 'colour histogram', recall: 0.032 },
    ]);
    const names = baselinesOf({ baselines: { ...random, features: scores(0.3) } }).map(({ name }) => name);
    expect(names).toEqual(['pretrained features', 'before training', 'colour histogram']);
  });

  it('says so where a run is not above the best of it, and nothing where it is or has not ended', () => {
    const baselines = { ...random, features: scores(0.893) };
    expect(belowBaseline({ last: scores(0.84), baselines })).toBe(
      'R@1 84.0 is not above the pretrained features (89.3)',
    );
    expect(belowBaseline({ last: scores(0.9), baselines })).toBeNull();
    expect(belowBaseline({ last: scores(0.064), baselines: random })).toContain('untrained network (11.4)');
    expect(belowBaseline(null)).toBeNull();
    expect(baselinesOf(null)).toEqual([]);
  });
});
