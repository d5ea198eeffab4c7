import { join } from 'node:path';
import { readDatasetLists } from '../dataset-lists.ts';
import type { DatasetLists, ImageEntry, ImageList } from '../image-list.ts';
import { maxPictureBytes } from '../pictures/picture-file.ts';
import type { ContentIndex } from './content-index.ts';
import type { ListedFile } from './listed-file.ts';
import { ListedFolders } from './listed-folders.ts';
import { DRAWN, type Manifest, type ManifestEntry, UNREADABLE } from './manifest.ts';
import { type Pause, timeSlices } from './time-slices.ts';

/** ms. A process that dies in the first scan of a large data set does not lose all of its hashes. */
const SAVE_EVERY_MS = 10_000;

/** Lists whose images are named with their content. */
export type HashedLists = Omit<DatasetLists, keyof Manifest> & Manifest;

/** What a data set consists of, with the content of each image. */
export type DatasetContent = {
  readonly lists: HashedLists;
  /** Absolute folders in which something has to change for the content to change. */
  readonly folders: readonly string[];
  /** An image can change through a hard link in another folder. */
  readonly hasOtherNames: boolean;
  /** How many files were hashed for it. */
  readonly hashed: number;
};

/**
 * Reads the lists of a data set and hashes its images, as far as the index of its folder does not know them. A listed image
 * that cannot be read is part of the content as such; whoever wants its pixels is told. Throws DatasetError.
 */
export async function readDatasetContent(
  dataRoot: string | null,
  name: string,
  indexOf: (folder: string) => ContentIndex,
): Promise<DatasetContent> {
  const lists = await readDatasetLists(dataRoot, name);
  const { folder } = lists;
  if (folder === null || dataRoot === null) {
    return { lists: withHashes(lists, () => DRAWN), folders: [], hasOtherNames: false, hashed: 0 };
  }
  const index = indexOf(folder);
  const hashedBefore = index.hashed;
  const pause = timeSlices();
  const hashes = new Map<string, string>();
  const folders = new ListedFolders(dataRoot);
  folders.passSources(lists);
  let saveAt = performance.now() + SAVE_EVERY_MS;
  for (const { path } of [...lists.train, ...lists.test, ...(lists.gallery ?? [])]) {
    if (hashes.has(path)) continue;
    const file = folders.lookUp(join(folder, path));
    const known = file === null ? UNREADABLE : index.known(path, file);
    hashes.set(path, known ?? (await contentOf(path, file, index, pause)));
    const turn = pause();
    if (turn === undefined) continue;
    await turn;
    if (performance.now() < saveAt) continue;
    index.save();
    saveAt = performance.now() + SAVE_EVERY_MS;
  }
  index.keepOnly(new Set(hashes.keys()));
  index.save();
  const hashedLists = withHashes(lists, ({ path }) => hashes.get(path) ?? UNREADABLE);
  const { hasOtherNames } = folders;
  return { lists: hashedLists, folders: folders.all(), hasOtherNames, hashed: index.hashed - hashedBefore };
}

async function contentOf(path: string, file: ListedFile | null, index: ContentIndex, pause: Pause): Promise<string> {
  if (file === null || file.size > maxPictureBytes) return UNREADABLE;
  try {
    return await index.sha256Of(path, file, pause);
  } catch {
    return UNREADABLE;
  }
}

function withHashes(lists: DatasetLists, sha256Of: (entry: ImageEntry) => string): HashedLists {
  const hashed = (list: ImageList): ManifestEntry[] => list.map((entry) => ({ ...entry, sha256: sha256Of(entry) }));
  return {
    ...lists,
    train: hashed(lists.train),
    test: hashed(lists.test),
    gallery: lists.gallery && hashed(lists.gallery),
  };
}
