/** What the API or the worker knows of a data set. */
export type DatasetFacts = {
  /** as its folder is spelled; lower case for a data set that is known by name */
  readonly name: string;
  readonly trainingClasses: number;
  readonly trainingImages: number;
  readonly smallestTrainingClass: number;
  /** names of the first training classes with a single image */
  readonly lonelyTrainingClasses?: readonly string[];
  /** what was read in another way than one may think, in words */
  readonly notes?: readonly string[];
  readonly testClasses: number;
  /** SHA-256 (hex) of the lists: which images are used as what */
  readonly dataListSha256: string;
  /** SHA-256 (hex) of the lists with the bytes of each image */
  readonly dataSha256: string;
};
