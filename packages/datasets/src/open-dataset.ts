import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DatasetFacts, Division } from '@spherelab/config';
import { ContentIndex } from './content/content-index.ts';
import { type HashedLists, readDatasetContent } from './content/dataset-content.ts';
import type { Manifest } from './content/manifest.ts';
import { datasetFacts } from './dataset-facts.ts';
import { dividedLists } from './divided-lists.ts';
import type { ImageList } from './image-list.ts';
import type { CacheLimit } from './pictures/cache-allowance.ts';
import { PictureStore } from './pictures/picture-store.ts';
import { PictureThreads } from './pictures/picture-threads.ts';

export type OpenDatasetOptions = {
  /** null is enough for generated data sets. */
  readonly dataRoot: string | null;
  readonly name: string;
  /** Side of the square crops, px. */
  readonly imageSize: number;
  /** Default: paper. */
  readonly division?: Division;
  /** Threads that decode and crop; makes no difference to any pixel. */
  readonly threadCount?: number;
  /** Bound of the resized pictures kept in memory; 512 MiB hold 30,000 at 64 px. */
  readonly memoryBytes?: number;
  /**
   * Folder for resized pictures and for hashes of images, shared by any number of processes; none by default. Makes no
   * difference to any pixel.
   */
  readonly cacheFolder?: string | null;
  /** Bound of the resized pictures there; those used least recently make room. 0: none are kept. */
  readonly cacheBytes?: number;
};

/** A data set ready to be trained on and evaluated. Holds threads: close it. */
export type Dataset = {
  readonly name: string;
  readonly imageSize: number;
  readonly facts: DatasetFacts;
  /** What the lists were by content when the data set was opened; a picture that is another by now is an error. */
  readonly manifest: Manifest;
  readonly train: ImageList;
  /** What is evaluated; the queries where there is a gallery. */
  readonly test: ImageList;
  readonly gallery: ImageList | null;
  readonly pictures: PictureStore;
  readonly close: () => Promise<void>;
};

const MAX_THREADS = 4;
const DEFAULT_MEMORY_BYTES = 512 * 2 ** 20;
/** At 227 px a picture takes 0.26 MB: CUB 3 GB, Cars 4 GB, In-Shop 10 GB, SOP 30 GB. */
const DEFAULT_CACHE_BYTES = 16 * 2 ** 30;

function cacheLimitOf({ cacheFolder, cacheBytes = DEFAULT_CACHE_BYTES }: OpenDatasetOptions): CacheLimit | null {
  if (cacheFolder === undefined || cacheFolder === null || cacheBytes === 0) return null;
  return { folder: join(cacheFolder, 'pictures'), limitBytes: cacheBytes };
}

/** Hashes of all images, for what reads them again later. */
function expectedHashes({ train, test, gallery }: Manifest): ReadonlyMap<string, string> {
  return new Map([...train, ...test, ...(gallery ?? [])].map(({ path, sha256 }) => [path, sha256]));
}

/** Lists of a data set by content, as they are divided. Throws DatasetError. */
export async function readHashedLists({
  dataRoot,
  name,
  division = 'paper',
  cacheFolder = null,
}: OpenDatasetOptions): Promise<HashedLists> {
  const { lists } = await readDatasetContent(dataRoot, name, (folder) => new ContentIndex(folder, cacheFolder));
  return dividedLists(lists, division);
}

/** Pictures of lists, and the threads that make them. */
export type OpenPictures = { readonly store: PictureStore; readonly threads: PictureThreads };

/** Starts picture threads; `close` of the threads ends them. */
export function openPictures(lists: HashedLists, options: OpenDatasetOptions): OpenPictures {
  const threads = new PictureThreads(options.threadCount ?? Math.min(MAX_THREADS, availableParallelism()));
  const store = new PictureStore({
    folder: lists.folder,
    hashes: expectedHashes(lists),
    imageSize: options.imageSize,
    memoryBytes: options.memoryBytes ?? DEFAULT_MEMORY_BYTES,
    cache: cacheLimitOf(options),
    threads,
  });
  return { store, threads };
}

/** What of a data set its lists say. */
export function listedParts(lists: HashedLists): Omit<Dataset, 'imageSize' | 'pictures' | 'close'> {
  const { name, train, test, gallery } = lists;
  return { name, facts: datasetFacts(lists), manifest: { train, test, gallery }, train, test, gallery };
}

/** Reads the lists of a data set, hashes what is new of its images and starts its picture threads. Throws DatasetError. */
export async function openDataset(options: OpenDatasetOptions): Promise<Dataset> {
  const lists = await readHashedLists(options);
  const { store, threads } = openPictures(lists, options);
  return {
    ...listedParts(lists),
    imageSize: options.imageSize,
    pictures: store,
    close: () => threads.close(),
  };
}
