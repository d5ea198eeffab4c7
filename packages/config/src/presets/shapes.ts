import { folderPreset } from './folder.ts';
import type { Preset } from './preset.ts';

/** Generated images: the folder preset, with what differs. */
export const shapesPreset: Preset = (loss, facts) => ({ ...folderPreset(loss, facts) });
