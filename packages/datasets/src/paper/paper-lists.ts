import type { ImageList } from '../image-list.ts';

/** The lists that the reference's split_train_test.py writes. With a gallery, `test` holds the queries. */
export type PaperLists = {
  readonly train: ImageList;
  readonly test: ImageList;
  readonly gallery: ImageList | null;
  /** What was left out of the lists, as the reference does it, and one would not guess. */
  readonly notes: readonly string[];
};
