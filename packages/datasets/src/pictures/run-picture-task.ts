import { join } from 'node:path';
import { UNREADABLE } from '../content/manifest.ts';
import { DatasetError } from '../dataset-error.ts';
import { drawShape } from '../shapes/draw-shape.ts';
import { parseShapePath } from '../shapes/shapes-lists.ts';
import { findPictureFile, NoPictureFileError } from './picture-file.ts';
import type { PictureItem, PictureReply, PictureTask, ResizedPicture } from './picture-task.ts';
import { shortSideFor, testTransform, trainTransform } from './picture-transform.ts';
import type { Picture } from './pillow-resize.ts';
import { type CacheRoom, ChangedPictureError, resizedPicture } from './resized-picture.ts';
import { sweepCache } from './sweep-cache.ts';

/** Decoding waits on other threads, so two at a time keep this one busy. */
const DECODES_AT_ONCE = 2;

function drawnPicture({ path, label }: PictureItem, side: number): Picture {
  const { classIndex, image } = parseShapePath(path, label);
  return { width: side, height: side, pixels: drawShape(classIndex, image, side) };
}

async function filedPicture(
  folder: string,
  { path, sha256 }: PictureItem,
  side: number,
  cache: CacheRoom | null,
): Promise<Picture> {
  try {
    return await resizedPicture(findPictureFile(join(folder, path)), sha256, side, cache);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const wasThere = sha256 !== null && sha256 !== UNREADABLE;
    if (cause instanceof ChangedPictureError || (wasThere && cause instanceof NoPictureFileError)) {
      throw new DatasetError('data_changed', `the image ${path} changed while the run went on: ${reason}`, { cause });
    }
    throw new DatasetError('unreadable_image', `cannot read the image ${path}: ${reason}`, { cause });
  }
}

function share({ width, height, pixels }: Picture): ResizedPicture {
  const bytes = new SharedArrayBuffer(pixels.length);
  new Uint8Array(bytes).set(pixels);
  return { width, height, bytes };
}

function cacheRoomOf({ cache }: PictureTask): CacheRoom | null {
  if (cache === null) return null;
  if (cache.sweep) sweepCache(cache.folder, cache.limitBytes);
  return { folder: cache.folder, room: cache.room };
}

/** Does one task. Rejects with DatasetError unreadable_image or data_changed, which name the file. */
export async function runPictureTask(task: PictureTask): Promise<Extract<PictureReply, { pixels: unknown }>> {
  const { imageSize, training, items, folder } = task;
  const shortSide = shortSideFor(imageSize);
  const imageBytes = imageSize * imageSize * 3;
  const pixels = new Uint8Array(task.rows * imageBytes);
  const resized: [number, ResizedPicture][] = [];
  const cache = cacheRoomOf(task);
  let { keepBytes } = task;
  const pictureOf = async (item: PictureItem, position: number): Promise<Picture> => {
    if (item.resized !== null) return { ...item.resized, pixels: new Uint8Array(item.resized.bytes) };
    const picture =
      folder === null ? drawnPicture(item, shortSide) : await filedPicture(folder, item, shortSide, cache);
    if (picture.pixels.length <= keepBytes) {
      keepBytes -= picture.pixels.length;
      resized.push([position, share(picture)]);
    }
    return picture;
  };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const position = next;
      next += 1;
      const picture = await pictureOf(items[position] as PictureItem, position);
      const into = pixels.subarray(position * imageBytes, (position + 1) * imageBytes);
      if (training === null) testTransform(into, picture, imageSize);
      else trainTransform(into, picture, imageSize, { ...training, sample: position });
    }
  };
  await Promise.all(Array.from({ length: DECODES_AT_ONCE }, work));
  const cachedBytes = cache === null ? 0 : (task.cache?.room ?? 0) - cache.room;
  return { id: task.id, pixels, resized, cachedBytes };
}
