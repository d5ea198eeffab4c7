import { isPlainMultiSimilarity, paperPreset } from './paper-preset.ts';
import { from, ours, type Preset, type PresetCell, type PresetValues } from './preset.ts';

/** Milestones by lr_gamma; for any other factor the reference sets none and fails at its first step. */
const milestonesOf = new Map([
  [0.1, from('config.py:56', [2000, 9000, 9000])],
  [0.5, from('config.py:58', [4000, 6000, 9000])],
]);

/** Factors for which Cars has milestones. */
export const carsLrGammas: readonly number[] = [...milestonesOf.keys()];

/** Cars196. Defaults of config.py:50-59, whatever the loss; the README has its own for plain multi-similarity. */
export const carsPreset: Preset = (cell) => {
  // The default of 0 cannot run. 0.1 is what the README gives for the one Cars command that it has, and what every
  // other data set uses.
  const milestones = milestonesOf.get(cell.lrGamma ?? 0.1);
  return {
    ...paperPreset(cell),
    lr: from('config.py:50', 1e-5),
    lr_p: from('config.py:51', 1e-5),
    lr_gamma: ours(0.1),
    ...(milestones === undefined ? {} : { milestones }),
    weight_decay: from('config.py:52', 0.0025),
    steps: from('config.py:59', 8000),
    eval_every: from('learner.py:79-81', 100),
    log_every: from('learner.py:79-81', 20),
    checkpoint_every: from('learner.py:79-81', 1000),
    ...readmeSettings(cell),
  };
};

function readmeSettings({ loss, regulariser, lrGamma }: PresetCell): PresetValues {
  if (!isPlainMultiSimilarity(loss, regulariser)) return {};
  const lr = { lr: from('readme', 2e-5), lr_p: from('readme', 2e-5), lr_gamma: from('readme', 0.1) };
  // The README's single milestone goes with its factor; another factor takes the milestones of config.py.
  return (lrGamma ?? 0.1) === 0.1 ? { ...lr, milestones: from('readme', [2000]) } : lr;
}
