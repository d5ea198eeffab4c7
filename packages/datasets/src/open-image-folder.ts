import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { byteOrder } from './byte-order.ts';
import { notUtf8 } from './contained-folder.ts';
import { DatasetError } from './dataset-error.ts';
import { entryKind } from './entry-kind.ts';
import type { ImageList } from './image-list.ts';
import { PassedOver } from './passed-over.ts';
import { PictureStore } from './pictures/picture-store.ts';
import { PictureThreads } from './pictures/picture-threads.ts';

/** Pictures of any folder, without classes. Holds threads: close it. */
export type ImageFolder = {
  /** In byte order of the relative paths; every label is 0. */
  readonly images: ImageList;
  /** What was passed over, in words. */
  readonly notes: readonly string[];
  readonly pictures: PictureStore;
  readonly close: () => Promise<void>;
};

/** Pictures are read once each, so there is nothing to remember. */
const memoryBytes = 0;

/** Lists every jpg, png and webp under a folder, at any depth. Throws DatasetError missing_folder or too_few_images. */
export async function openImageFolder(folder: string, imageSize: number): Promise<ImageFolder> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause) => {
    throw new DatasetError('missing_folder', `the folder ${folder} cannot be read`, { cause });
  });
  const passed = new PassedOver();
  const images = entries
    .map((entry) => ({
      entry,
      relative: path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
    }))
    .sort((a, b) => byteOrder(a.relative, b.relative))
    .filter(({ entry, relative }) => isUsed(entry, relative, passed))
    .map(({ relative }) => ({ path: relative, label: 0 }));
  const garbled = images.find((image) => image.path.includes('\ufffd'));
  if (garbled !== undefined) throw notUtf8(path.join(folder, garbled.path), folder);
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
  return { images, notes: passed.notes(), pictures, close: () => threads.close() };
}

/** By the rules of data sets, but that folders may be nested. */
function isUsed(entry: Dirent, relative: string, passed: PassedOver): boolean {
  // What lies in a folder that is passed over is told with it.
  if (
    relative
      .split('/')
      .slice(0, -1)
      .some((name) => entryKind(name) === 'litter')
  )
    return false;
  const kind = entryKind(entry.name);
  if (entry.isFile() && kind === 'picture') return true;
  if (kind === 'litter') passed.add('litter', relative);
  else if (entry.isSymbolicLink()) passed.add('link', relative);
  else if (!entry.isDirectory()) passed.add(kind === 'picture' ? 'other' : kind, relative);
  return false;
}
