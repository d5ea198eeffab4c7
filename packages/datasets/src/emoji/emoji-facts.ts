/** The data set of drawings; counts are those of the pinned packages by the rules of choose-classes.ts. */
export const emojiDataset = {
  name: 'emoji',
  classes: 1551,
  images: 7441,
  /** What a person types to have it. */
  command: 'spherelab datasets fetch emoji',
} as const;
