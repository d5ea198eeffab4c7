import { paperPreset } from './paper-preset.ts';
import { from, type Preset } from './preset.ts';

/** Stanford Online Products: config.py:62-69, whatever the loss. */
export const sopPreset: Preset = (cell) => ({
  ...paperPreset(cell),
  lr: from('config.py:62', 2.5e-4),
  lr_p: from('config.py:63', 5e-5),
  lr_gamma: from('config.py:67', 0.1),
  // Only 6000 lies within the run.
  milestones: from('config.py:68', [6000, 18000, 35000]),
  weight_decay: from('config.py:64', 1e-5),
  steps: from('config.py:69', 12000),
  eval_every: from('learner.py:87-89', 500),
  log_every: from('learner.py:87-89', 20),
  checkpoint_every: from('learner.py:87-89', 2000),
});
