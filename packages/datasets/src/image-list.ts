export type ImageEntry = {
  /** Relative to the data set's folder, with forward slashes; for generated images the name of the image. */
  readonly path: string;
  /**
   * The class, as a number. Labels of a data set's test classes go on where those of its training classes end, but for
   * In-Shop, whose queries begin at 0 again, as the reference's do.
   */
  readonly label: number;
};

/** The images of one purpose, in the order in which they are embedded and hashed. */
export type ImageList = readonly ImageEntry[];

/** What a data set consists of. With a gallery, `test` holds the queries. */
export type DatasetLists = {
  readonly name: string;
  readonly kind: 'generated' | 'folder' | 'paper';
  /** Absolute folder that the paths are relative to; null for generated images. */
  readonly folder: string | null;
  /** Absolute folders and files that the lists were read from. */
  readonly sources: readonly string[];
  readonly train: ImageList;
  readonly test: ImageList;
  readonly gallery: ImageList | null;
  /** What was read in another way than one may think, in words; left out: nothing. */
  readonly notes?: readonly string[];
};

/** Number of images of each class, by label in order of first appearance. */
export function classSizes(list: ImageList): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const { label } of list) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return sizes;
}
