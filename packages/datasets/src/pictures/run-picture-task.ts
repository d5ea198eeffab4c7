import { join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import { drawShape } from '../shapes/draw-shape.ts';
import { parseShapePath } from '../shapes/shapes-lists.ts';
import { decodePicture } from './decode-picture.ts';
import type { PictureItem, PictureReply, PictureTask, ResizedPicture } from './picture-task.ts';
import { resizeShortSide, shortSideFor, testTransform, trainTransform } from './picture-transform.ts';
import type { Picture } from './pillow-resize.ts';

/** Decoding waits on other threads, so two at a time keep this one busy. */
const DECODES_AT_ONCE = 2;

async function makeResized(item: PictureItem, { folder, imageSize }: PictureTask): Promise<ResizedPicture> {
  const shortSide = shortSideFor(imageSize);
  const picture =
    folder === null ? drawnPicture(item, shortSide) : resizeShortSide(await readPicture(folder, item), shortSide);
  const bytes = new SharedArrayBuffer(picture.pixels.length);
  new Uint8Array(bytes).set(picture.pixels);
  return { width: picture.width, height: picture.height, bytes };
}

function drawnPicture({ path, label }: PictureItem, side: number): Picture {
  const { classIndex, image } = parseShapePath(path, label);
  return { width: side, height: side, pixels: drawShape(classIndex, image, side) };
}

async function readPicture(folder: string, { path }: PictureItem): Promise<Picture> {
  try {
    return await decodePicture(join(folder, path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatasetError('unreadable_image', `cannot read the image ${path}: ${reason}`, { cause });
  }
}

/** Does one task. Rejects with DatasetError unreadable_image, which names the file. */
export async function runPictureTask(task: PictureTask): Promise<Extract<PictureReply, { pixels: unknown }>> {
  const { imageSize, training, items } = task;
  const imageBytes = imageSize * imageSize * 3;
  const pixels = new Uint8Array(task.rows * imageBytes);
  const resized: [number, ResizedPicture][] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const position = next;
      next += 1;
      const item = items[position] as PictureItem;
      const known = item.resized ?? (await makeResized(item, task));
      if (item.resized === null) resized.push([position, known]);
      const picture = { width: known.width, height: known.height, pixels: new Uint8Array(known.bytes) };
      const transformed =
        training === null
          ? testTransform(picture, imageSize)
          : trainTransform(picture, imageSize, { ...training, sample: position });
      pixels.set(transformed, position * imageBytes);
    }
  };
  await Promise.all(Array.from({ length: DECODES_AT_ONCE }, work));
  return { id: task.id, pixels, resized };
}
