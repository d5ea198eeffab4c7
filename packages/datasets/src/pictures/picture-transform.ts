import { counterRandom } from '../counter-random.ts';
import { type Box, cropPixels, type Picture, resizeCrop } from './pillow-resize.ts';
import { randomResizedCrop } from './random-resized-crop.ts';

/** The reference resizes the shorter side to 256 and crops 227; other sizes keep the ratio. */
export function shortSideFor(imageSize: number): number {
  return Math.round((imageSize * 256) / 227);
}

/** A strip one pixel high would become one 256 pixels high and 256 times as long. Bounds the passes of the resize too. */
export const MAX_RESIZED_BYTES = 64 * 2 ** 20;

/**
 * Resizes the shorter side to `shortSide`, the longer one in proportion, rounded down.
 * Throws RangeError for a picture so narrow that it would have more than 64 MiB.
 */
export function resizeShortSide(picture: Picture, shortSide: number): Picture {
  const { width, height } = picture;
  const aspect = Math.max(width, height) / Math.min(width, height);
  if (aspect * shortSide ** 2 * 3 > MAX_RESIZED_BYTES) {
    throw new RangeError(`${width} x ${height} is too narrow to be resized to a shorter side of ${shortSide}`);
  }
  const whole = { left: 0, top: 0, width, height };
  return width <= height
    ? resizeCrop(picture, whole, shortSide, Math.floor((shortSide * height) / width))
    : resizeCrop(picture, whole, Math.floor((shortSide * width) / height), shortSide);
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** The centre crop of the test transform on a picture that is already resized. */
export function centreBox(picture: Picture, imageSize: number): Box {
  return {
    left: roundHalfToEven((picture.width - imageSize) / 2),
    top: roundHalfToEven((picture.height - imageSize) / 2),
    width: imageSize,
    height: imageSize,
  };
}

/** Test transform after the resize: RGB bytes [imageSize, imageSize, 3]. */
export function testTransform(resized: Picture, imageSize: number): Uint8Array {
  return cropPixels(resized, centreBox(resized, imageSize));
}

/** Mirrors [size, size, 3] left to right, in place. */
export function flipRows(pixels: Uint8Array, size: number): void {
  for (let row = 0; row < size; row += 1) {
    let left = row * size * 3;
    let right = left + (size - 1) * 3;
    for (; left < right; left += 3, right -= 3) {
      for (let channel = 0; channel < 3; channel += 1) {
        const held = pixels[left + channel] as number;
        pixels[left + channel] = pixels[right + channel] as number;
        pixels[right + channel] = held;
      }
    }
  }
}

/** Where a training image lies in the run: its draws follow from nothing else. */
export type SamplePlace = { readonly seed: number; readonly step: number; readonly sample: number };

/** Training transform after the resize: random resized crop and flip. RGB bytes [imageSize, imageSize, 3]. */
export function trainTransform(resized: Picture, imageSize: number, { seed, step, sample }: SamplePlace): Uint8Array {
  const box = randomResizedCrop(resized.width, resized.height, counterRandom(seed, 'crop', step, sample));
  const { pixels } = resizeCrop(resized, box, imageSize, imageSize);
  if (counterRandom(seed, 'flip', step, sample).unit() < 0.5) flipRows(pixels, imageSize);
  return pixels;
}
