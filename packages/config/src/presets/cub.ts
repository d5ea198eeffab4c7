import { isPlainMultiSimilarity, paperPreset } from './paper-preset.ts';
import { from, type Preset, type PresetCell, type PresetValues } from './preset.ts';

/** CUB-200-2011. Defaults of config.py:37-47; the README has its own for triplet and for plain multi-similarity. */
export const cubPreset: Preset = (cell) => ({
  ...paperPreset(cell),
  lr: from('config.py:37', 1e-5),
  lr_p: from('config.py:38', 5e-6),
  lr_gamma: from('config.py:42', 0.1),
  // 9000 lies behind the last step: it is never reached, and stands here because the reference lists it.
  milestones: cell.loss === 'ms' ? from('config.py:44', [3000, 6000, 9000]) : from('config.py:46', [5000, 9000, 9000]),
  weight_decay: from('config.py:39', 0.0025),
  steps: from('config.py:47', 8000),
  eval_every: from('learner.py:79-81', 100),
  log_every: from('learner.py:79-81', 20),
  checkpoint_every: from('learner.py:79-81', 1000),
  ...readmeSettings(cell),
});

function readmeSettings({ loss, regulariser }: PresetCell): PresetValues {
  const lrGamma = { lr_gamma: from('readme', 0.1) };
  if (loss === 'triplet') return { lr: from('readme', 0.5e-5), lr_p: from('readme', 0.25e-5), ...lrGamma };
  if (!isPlainMultiSimilarity(loss, regulariser)) return {};
  const lr = { lr: from('readme', 1e-5), lr_p: from('readme', 5e-6) };
  return { ...lr, ...lrGamma, milestones: from('readme', [3000, 6000]) };
}
