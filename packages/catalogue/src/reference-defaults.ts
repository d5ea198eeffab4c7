import { defaultOptimizer } from './optimizers.ts';
import type { PresetValues } from './preset.ts';
import { ours } from './sourced-value.ts';

/** What the reference sets whatever the data set and the loss, and our own settings beside it. */
export const referenceDefaults = {
  sec_wei: { value: 0, source: 'config.py:26' },
  l2reg_wei: { value: 0, source: 'config.py:28' },
  norm_momentum: { value: 1, source: 'config.py:27' },
  sec_ramp: ours(false),
  need_bn: { value: true, source: 'learner.py:24' },
  freeze_bn: { value: true, source: 'config.py:23' },
  freeze_stages: ours(0),
  optimizer: defaultOptimizer,
  seed: ours(0),
  protocol: { value: 'paper', source: 'ours' },
  preset_policy: ours('paper' as const),
  device: ours('any' as const),
  name: { value: null, source: 'ours' },
  tags: { value: [], source: 'ours' },
  priority: ours(0),
} as const satisfies PresetValues;
