import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson, configSha256, resolveExperiment } from '../src/index.ts';

const { config } = resolveExperiment({ dataset: 'shapes', loss: 'triplet' }, null);

describe('the hash of a config', () => {
  it('is what a release without the new fields made of it, so that its checkpoints are continued', () => {
    const labels = ['name', 'tags', 'priority', 'device', 'preset_policy'];
    const added = ['sec_ramp', 'freeze_stages', 'optimizer'];
    const before = Object.entries(config).filter(([field]) => ![...labels, ...added, 'steps'].includes(field));
    const expected = createHash('sha256')
      .update(canonicalJson(Object.fromEntries(before)))
      .digest('hex');
    expect(configSha256(config)).toBe(expected);
  });

  it('is another for each of the new fields', () => {
    const others = [
      { sec_ramp: true },
      { freeze_stages: 1 },
      { optimizer: 'sgd', momentum: 0.9 },
      { folds: 5, fold: 0 },
      { folds: 5, fold: 1 },
    ] as const;
    const hashes = [config, ...others.map((other) => ({ ...config, ...other }))].map(configSha256);
    expect(new Set(hashes).size).toBe(6);
  });

  it('counts the number of steps where the weight of SEC is spread over them', () => {
    const longer = { ...config, steps: config.steps + 1 };
    expect(configSha256(longer)).toBe(configSha256(config));
    expect(configSha256({ ...longer, sec_ramp: true })).not.toBe(configSha256({ ...config, sec_ramp: true }));
  });
});
