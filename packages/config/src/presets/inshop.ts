import { paperPreset } from './paper-preset.ts';
import { from, type Preset } from './preset.ts';

/** In-Shop Clothes Retrieval: config.py:72-79, whatever the loss. */
export const inshopPreset: Preset = (cell) => ({
  ...paperPreset(cell),
  lr: from('config.py:72', 5e-4),
  lr_p: from('config.py:73', 1e-4),
  lr_gamma: from('config.py:77', 0.1),
  // Only 6000 lies within the run.
  milestones: from('config.py:78', [6000, 18000, 35000]),
  weight_decay: from('config.py:74', 1e-5),
  steps: from('config.py:79', 12000),
  eval_every: from('learner.py:83-85', 200),
  log_every: from('learner.py:83-85', 20),
  checkpoint_every: from('learner.py:83-85', 2000),
});
