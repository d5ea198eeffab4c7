import { describe, expect, test } from 'vitest';
import { drawSettings, type SearchSpace, spreadSettings } from '../src/index.ts';

const space: SearchSpace = {
  lr: { low: 1e-4, high: 1e-1, scale: 'log' },
  loss: ['triplet', 'ms'],
  steps: { low: 10, high: 19, scale: 'linear' },
};
const draws = (count: number, seed = 0) =>
  Array.from({ length: count }, (_, index) => drawSettings(space, seed, index));

describe('draws of a search space', () => {
  test('are a function of seed, field and index: more of them, or other fields beside, change none', () => {
    expect(draws(3)).toEqual(draws(10).slice(0, 3));
    expect(drawSettings({ lr: space.lr }, 0, 5).lr).toBe(draws(6)[5]?.lr);
    expect(draws(3, 1)).not.toEqual(draws(3));
  });

  test('spread evenly: by factor on a log scale, by whole number, over a list', () => {
    const drawn = draws(3000);
    const share = (is: (settings: (typeof drawn)[number]) => boolean) => drawn.filter(is).length / drawn.length;
    for (const [low, high] of [
      [1e-4, 1e-3],
      [1e-3, 1e-2],
      [1e-2, 1e-1],
    ] as const) {
      expect(share(({ lr }) => Number(lr) >= low && Number(lr) < high)).toBeCloseTo(1 / 3, 1);
    }
    expect(share(({ loss }) => loss === 'ms')).toBeCloseTo(0.5, 1);
    const steps = new Set(drawn.map((settings) => settings.steps));
    expect([...steps].sort()).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  test('of a study take each part of a range and each entry of a list once', () => {
    const spread = spreadSettings({ lr: { low: 1, high: 10, scale: 'linear' }, seed: [1, 2, 3, 4] }, 7, 4);
    expect(spread.map(({ seed }) => seed).sort()).toEqual([1, 2, 3, 4]);
    const parts = spread.map(({ lr }) => Math.floor((Number(lr) - 1) / 2.25));
    expect(parts.sort()).toEqual([0, 1, 2, 3]);
  });
});
