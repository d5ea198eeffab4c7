import { imagenetWeights } from '../imagenet-weights.ts';
import { losses } from '../losses.ts';
import type { PresetCell, PresetValues } from '../preset.ts';
import { from, ours } from '../sourced-value.ts';

/** What the four data sets of the paper share; each preset adds only what differs. */
export function paperPreset({ loss, regulariser }: PresetCell): PresetValues {
  return {
    backbone: from('models/bninception.py', 'bn_inception'),
    image_size: from('config.py:110', 227),
    embedding_dim: from('models/bninception.py:242,248', 512),
    weights: ours(imagenetWeights),
    batch_size: from('config.py:16', 120),
    // The README's; the reference's own default is 3 whatever the loss (config.py:17).
    instances: losses[loss].instances,
    // The README asks to switch the head's batch norm off by hand for multi-similarity that nothing regularises.
    ...(isPlainMultiSimilarity(loss, regulariser) ? { need_bn: from('readme', false) } : {}),
  };
}

/** Multi-similarity without SEC and L2-reg: its README settings differ from those of the other cells. */
export function isPlainMultiSimilarity(loss: PresetCell['loss'], regulariser: PresetCell['regulariser']): boolean {
  return loss === 'ms' && regulariser === 'none';
}
