import { imagenetWeights } from './imagenet-weights.ts';
import { instancesOf } from './instances-of.ts';
import { from, ours, type PresetCell, type PresetValues } from './preset.ts';

/** What the four data sets of the paper share; each preset adds only what differs. */
export function paperPreset({ loss, regulariser }: PresetCell): PresetValues {
  return {
    backbone: from('models/bninception.py', 'bn_inception' as const),
    image_size: from('config.py:110', 227),
    embedding_dim: from('models/bninception.py:242,248', 512),
    weights: ours(imagenetWeights),
    batch_size: from('config.py:16', 120),
    instances: instancesOf[loss],
    // The README asks to switch the head's batch norm off by hand for multi-similarity that nothing regularises.
    ...(isPlainMultiSimilarity(loss, regulariser) ? { need_bn: from('readme', false) } : {}),
  };
}

/** Multi-similarity without SEC and L2-reg: its README settings differ from those of the other cells. */
export function isPlainMultiSimilarity(loss: PresetCell['loss'], regulariser: PresetCell['regulariser']): boolean {
  return loss === 'ms' && regulariser === 'none';
}
