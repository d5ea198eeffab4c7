import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';

export const photoClasses = ['a', 'b', 'c', 'd'] as const;

/** Noise of a size and seed, as a JPEG. */
export async function noisePicture(file: string, width: number, height: number, seed: number): Promise<void> {
  let state = seed;
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toFile(file);
}

/** The data set `photos` under a data root: four classes of JPEGs of 30 x 20 pixels. */
export async function makePhotoSet(dataRoot: string, imagesPerClass: number): Promise<string[]> {
  const files: string[] = [];
  for (const [classIndex, className] of photoClasses.entries()) {
    const folder = path.join(dataRoot, 'photos', 'images', className);
    await mkdir(folder, { recursive: true });
    for (let image = 0; image < imagesPerClass; image += 1) {
      const file = path.join(folder, `${100 + image}.jpg`);
      await noisePicture(file, 30, 20, classIndex * imagesPerClass + image + 1);
      files.push(file);
    }
  }
  return files;
}
