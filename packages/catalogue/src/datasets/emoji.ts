import type { Preset } from '../preset.ts';
import type { DatasetRecord } from './dataset-record.ts';
import { folderPreset } from './folder.ts';
import { measures } from './measures.ts';

const preset: Preset = (cell) => folderPreset(cell);

export const emoji = {
  title: 'Emoji',
  about: 'the same emoji as drawn by six designers: 1,551 classes of four to six pictures',
  source: 'ours; the drawings of six open icon sets, named beside the images',
  otherNames: [],
  kind: 'fetched',
  measures: { ...measures.folder },
  preset,
} as const satisfies DatasetRecord;
