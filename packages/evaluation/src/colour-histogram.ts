import { EvaluationError } from './evaluation-error.ts';

const LEVELS = 4;
const LEVEL_SHIFT = 6;
const BINS = LEVELS ** 3;

/**
 * Colour histograms, a baseline that knows nothing of shape: `pixels` RGB bytes, `count` pictures of one size after
 * another -> [count, 64], for each of 4 x 4 x 4 cells (red slowest, blue fastest) the square root of its share of the
 * picture's pixels. Rows have norm 1, and the cosine of two is their Bhattacharyya coefficient: on photographs that
 * retrieves far better than the cosine of the shares, and a baseline has to be as good as it can be.
 * Throws EvaluationError where the bytes are no such pictures.
 */
export function colourHistogram(pixels: Uint8Array, count: number): Float32Array {
  if (!Number.isInteger(count) || count < 1) throw new EvaluationError('empty', `there are ${count} pictures`);
  const bytes = pixels.length / count;
  if (bytes === 0 || !Number.isInteger(bytes) || bytes % 3 !== 0) {
    throw new EvaluationError('shape_mismatch', `${pixels.length} bytes are not ${count} RGB pictures of one size`);
  }
  const histogram = new Float32Array(count * BINS);
  for (let at = 0; at < pixels.length; at += 3) {
    const red = (pixels[at] as number) >> LEVEL_SHIFT;
    const green = (pixels[at + 1] as number) >> LEVEL_SHIFT;
    const blue = (pixels[at + 2] as number) >> LEVEL_SHIFT;
    const cell = Math.floor(at / bytes) * BINS + (red * LEVELS + green) * LEVELS + blue;
    histogram[cell] = (histogram[cell] as number) + 1;
  }
  return histogram.map((pixelsInCell) => Math.sqrt(pixelsInCell / (bytes / 3)));
}
