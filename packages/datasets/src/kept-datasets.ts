import {
  type Dataset,
  listedParts,
  type OpenDatasetOptions,
  type OpenPictures,
  openPictures,
  readHashedLists,
} from './open-dataset.ts';

/** Opens data sets for one run after the other: where nothing has changed, pictures stay decoded and threads stay. */
export type KeptDatasets = {
  /**
   * As openDataset, and as strict: the lists are read and every file is looked at again, and one that is not as it was is hashed.
   * Pictures belong to the content of all of them, so none is taken for another. Closing the data set gives them back.
   */
  readonly open: (options: OpenDatasetOptions) => Promise<Dataset>;
  /** Ends the threads that are not in use, and keeps none from then on. */
  readonly close: () => Promise<void>;
};

type Kept = { readonly key: string; readonly pictures: OpenPictures };

/** Keeps the pictures of one data set, the last that was given back. */
export function keptDatasets(): KeptDatasets {
  let kept: Kept | null = null;
  let isClosed = false;
  const forget = async (): Promise<void> => {
    const before = kept;
    kept = null;
    await before?.pictures.threads.close();
  };
  const giveBack = async (part: Kept): Promise<void> => {
    if (isClosed || !part.pictures.threads.areUsable) return part.pictures.threads.close();
    await forget();
    kept = part;
  };
  return {
    open: async (options) => {
      const lists = await readHashedLists(options);
      const listed = listedParts(lists);
      const { imageSize, threadCount, memoryBytes, cacheFolder, cacheBytes } = options;
      const settings = [imageSize, threadCount, memoryBytes, cacheFolder, cacheBytes];
      const key = JSON.stringify([lists.folder, listed.facts.dataSha256, ...settings]);
      // Before others are opened: two sets of threads and pictures at once are one too many.
      if (kept?.key !== key || !kept.pictures.threads.areUsable) await forget();
      const part = kept ?? { key, pictures: openPictures(lists, options) };
      kept = null;
      let isOpen = true;
      const close = async (): Promise<void> => {
        if (!isOpen) return;
        isOpen = false;
        await giveBack(part);
      };
      return { ...listed, imageSize, pictures: part.pictures.store, close };
    },
    close: () => {
      isClosed = true;
      return forget();
    },
  };
}
