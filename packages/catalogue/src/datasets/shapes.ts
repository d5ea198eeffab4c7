import type { Preset } from '../preset.ts';
import { ours } from '../sourced-value.ts';
import type { DatasetRecord } from './dataset-record.ts';
import { folderPreset } from './folder.ts';
import { measures } from './measures.ts';

/** The folder preset with a higher learning rate and fewer steps (scripts/tune.mjs). */
const preset: Preset = (cell) => ({
  ...folderPreset(cell),
  lr: ours(4e-3),
  lr_p: ours(4e-3),
  steps: ours(200),
});

export const shapes = {
  title: 'Shapes',
  about: 'generated images of coloured shapes; needs no files',
  source: 'ours',
  otherNames: [],
  kind: 'generated',
  measures: measures.folder,
  preset,
} as const satisfies DatasetRecord;
