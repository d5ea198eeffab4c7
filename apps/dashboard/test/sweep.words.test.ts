import { describe, expect, it } from 'vitest';
import { gridText } from '../src/sweeps/grid-text.ts';
import { rungConfigs } from '../src/sweeps/rung-configs.ts';

describe('what a sweep varies', () => {
  it('is its cells and grid, and what is drawn', () => {
    expect(gridText({ request: { strategy: 'grid', grid: { loss: ['triplet', 'ms'], sec_wei: [0, 0.5] } } })).toBe(
      'loss triplet, ms  ×  sec_wei 0, 0.5',
    );
    const drawn = { strategy: 'asha', samples: 20, space: { lr: { low: 1e-4, high: 0.1 } }, grid: { seed: [0, 1] } };
    expect(gridText({ request: drawn })).toBe('20 draws of lr  ×  seed 0, 1');
    expect(gridText({ request: { strategy: 'ask', cells: [{ lr: 0.1 }, { lr: 0.2 }] } })).toBe('lr 0.1, 0.2');
  });
});

describe('a rung', () => {
  it('has the best setting first, those that are not measured last, numbers with the digits that count', () => {
    const config = (lr: number, mean: number | null) => ({
      settings: { lr },
      mean,
      n: 1,
      failed: 0,
      state: 'waits' as const,
      reason: '',
    });
    const configs = [config(0.1, null), config(0.0123456, 0.2), config(0.001, 0.4), config(0.3, null)];
    expect(rungConfigs({ configs }).map(({ settings }) => settings)).toEqual([
      'lr 0.001',
      'lr 0.01235',
      'lr 0.1',
      'lr 0.3',
    ]);
  });
});
