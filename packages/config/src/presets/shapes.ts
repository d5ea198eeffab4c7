import { folderPreset } from './folder.ts';
import { ours, type Preset } from './preset.ts';

/** Generated images: the folder preset with a higher learning rate and fewer steps (scripts/tune.mjs). */
export const shapesPreset: Preset = (cell, facts) => ({
  ...folderPreset(cell, facts),
  lr: ours(4e-3),
  lr_p: ours(4e-3),
  steps: ours(200),
});
