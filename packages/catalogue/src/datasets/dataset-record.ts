import type { Preset } from '../preset.ts';
import type { Measures } from './measures.ts';

/** Everything about a data set but its images. */
export type DatasetRecord = {
  readonly title: string;
  /** What it is, in one sentence. */
  readonly about: string;
  readonly source: string;
  /** Names under which it goes elsewhere: folders, archives, other programs' flags; lower-case letters and digits. */
  readonly otherNames: readonly string[];
  /** `paper`: one of the published table's; `generated`: needs no files; `fetched`: `spherelab datasets fetch` gets it. */
  readonly kind: 'paper' | 'generated' | 'fetched' | 'folder';
  readonly measures: Measures;
  readonly preset: Preset;
  /** Its rows of the published table, as text: loss, regulariser, then percents in the order of `publishedMetrics`. */
  readonly published?: { readonly metrics: readonly string[]; readonly rows: string };
};
