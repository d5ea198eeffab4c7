import { availableParallelism } from 'node:os';
import type { DatasetFacts } from '@spherelab/config';
import { datasetFacts } from './catalogue.ts';
import { readDatasetLists } from './dataset-lists.ts';
import type { ImageList, Protocol } from './image-list.ts';
import { PictureStore } from './pictures/picture-store.ts';
import { PictureThreads } from './pictures/picture-threads.ts';

export type OpenDatasetOptions = {
  /** null is enough for generated data sets. */
  readonly dataRoot: string | null;
  readonly name: string;
  /** Side of the square crops, px. */
  readonly imageSize: number;
  readonly protocol?: Protocol;
  /** Threads that decode and crop; makes no difference to any pixel. */
  readonly threadCount?: number;
  /** Bound of the resized pictures kept in memory; 512 MiB hold 30,000 at 64 px. */
  readonly memoryBytes?: number;
};

/** A data set ready to be trained on and evaluated. Holds threads: close it. */
export type Dataset = {
  readonly name: string;
  readonly imageSize: number;
  readonly facts: DatasetFacts;
  readonly train: ImageList;
  /** What is evaluated; the queries where there is a gallery. */
  readonly test: ImageList;
  readonly gallery: ImageList | null;
  readonly pictures: PictureStore;
  readonly close: () => Promise<void>;
};

const MAX_THREADS = 4;
const DEFAULT_MEMORY_BYTES = 512 * 2 ** 20;

/** Reads the lists of a data set and starts its picture threads. Throws DatasetError. */
export async function openDataset(options: OpenDatasetOptions): Promise<Dataset> {
  const lists = await readDatasetLists(options.dataRoot, options.name, options.protocol);
  const threads = new PictureThreads(options.threadCount ?? Math.min(MAX_THREADS, availableParallelism()));
  const pictures = new PictureStore({
    folder: lists.folder,
    imageSize: options.imageSize,
    memoryBytes: options.memoryBytes ?? DEFAULT_MEMORY_BYTES,
    threads,
  });
  return {
    name: lists.name,
    imageSize: options.imageSize,
    facts: datasetFacts(lists),
    train: lists.train,
    test: lists.test,
    gallery: lists.gallery,
    pictures,
    close: () => threads.close(),
  };
}
