import { backbones } from '../backbones.ts';
import type { Preset } from '../preset.ts';
import { ours } from '../sourced-value.ts';
import type { DatasetRecord } from './dataset-record.ts';
import { folderPreset } from './folder.ts';
import { measures } from './measures.ts';

/**
 * A pretrained network of which the last three stages are trained: on two cores 150 steps take about a minute. Chosen on
 * held-out training classes (scripts/tune.mjs, README).
 */
const preset: Preset = (cell) => ({
  ...folderPreset(cell),
  ...backbones.efficientnet_lite0.preset,
  backbone: ours('efficientnet_lite0'),
  image_size: ours(96),
  freeze_stages: ours(6),
  steps: ours(150),
  eval_every: ours(150),
});

export const emoji = {
  title: 'Emoji',
  about: 'the same emoji as drawn by six designers: 1,551 classes of four to six pictures',
  source: 'ours; the drawings of six open icon sets, named beside the images',
  otherNames: [],
  kind: 'fetched',
  measures: measures.folder,
  preset,
} as const satisfies DatasetRecord;
