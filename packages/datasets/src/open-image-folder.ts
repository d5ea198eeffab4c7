import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { byteOrder } from './byte-order.ts';
import { DatasetError } from './dataset-error.ts';
import type { ImageList } from './image-list.ts';
import { PictureStore } from './pictures/picture-store.ts';
import { PictureThreads } from './pictures/picture-threads.ts';

/** Pictures of any folder, without classes. Holds threads: close it. */
export type ImageFolder = {
  /** In byte order of the relative paths; every label is 0. */
  readonly images: ImageList;
  readonly pictures: PictureStore;
  readonly close: () => Promise<void>;
};

const imagePattern = /\.(jpe?g|png|webp)$/i;
/** Pictures are read once each, so there is nothing to remember. */
const memoryBytes = 0;

/** Lists every jpg, png and webp under a folder, at any depth. Throws DatasetError missing_folder or too_few_images. */
export async function openImageFolder(folder: string, imageSize: number): Promise<ImageFolder> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause) => {
    throw new DatasetError('missing_folder', `the folder ${folder} cannot be read`, { cause });
  });
  const images = entries
    .filter((entry) => entry.isFile() && imagePattern.test(entry.name))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort(byteOrder)
    .map((relative) => ({ path: relative, label: 0 }));
  if (images.length === 0)
    throw new DatasetError('too_few_images', `the folder ${folder} has no jpg, png or webp image`);
  const threads = new PictureThreads(2);
  const pictures = new PictureStore({
    folder: path.resolve(folder),
    hashes: null,
    imageSize,
    memoryBytes,
    cache: null,
    threads,
  });
  return { images, pictures, close: () => threads.close() };
}
