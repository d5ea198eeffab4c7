import { counterRandom } from '../counter-random.ts';
import { type Box, type Picture, resizeCrop, resizeCropInto } from './pillow-resize.ts';
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
  return resizeCrop(
    picture,
    whole,
    width <= height
      ? { width: shortSide, height: Math.floor((shortSide * height) / width) }
      : { width: Math.floor((shortSide * width) / height), height: shortSide },
  );
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

/** Test transform after the resize, written to `into`: RGB bytes [imageSize, imageSize, 3]. */
export function testTransform(into: Uint8Array, resized: Picture, imageSize: number): void {
  const box = centreBox(resized, imageSize);
  for (let row = 0; row < imageSize; row += 1) {
    const from = ((box.top + row) * resized.width + box.left) * 3;
    into.set(resized.pixels.subarray(from, from + imageSize * 3), row * imageSize * 3);
  }
}

/** Where a training image lies in the run: its draws follow from nothing else. */
export type SamplePlace = { readonly seed: number; readonly step: number; readonly sample: number };

/** Training transform after the resize, random resized crop and flip, written to `into`: RGB bytes [imageSize, imageSize, 3]. */
export function trainTransform(
  into: Uint8Array,
  resized: Picture,
  imageSize: number,
  { seed, step, sample }: SamplePlace,
): void {
  const box = randomResizedCrop(resized.width, resized.height, counterRandom(seed, 'crop', step, sample));
  const isMirrored = counterRandom(seed, 'flip', step, sample).unit() < 0.5;
  resizeCropInto(into, resized, box, { width: imageSize, height: imageSize, isMirrored });
}
