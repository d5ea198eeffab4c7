/** Data sets that can be fetched: what is known of one before it is there. */
export type FetchedDataset = {
  readonly name: string;
  readonly about: string;
  readonly classes: number;
  readonly images: number;
  /** What a person types to have it. */
  readonly command: string;
};

/** Counts of the pinned packages, by the rules of choose-classes.ts. */
export const emojiDataset: FetchedDataset = {
  name: 'emoji',
  about: 'drawings of 1,551 things by up to six designers each, from npm (9 MB)',
  classes: 1551,
  images: 7441,
  command: 'spherelab datasets fetch emoji',
};

export const fetchedDatasets: readonly FetchedDataset[] = [emojiDataset];
